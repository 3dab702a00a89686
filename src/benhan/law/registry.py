"""Which form version is in force on a day. Read once, checked, immutable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from benhan.forms.build import build
from benhan.forms.definition import FormBroken, FormVersion
from benhan.forms.diagrams import Diagram, build_diagram
from benhan.forms.sample import sample_content
from benhan.forms.shared import expanded, used_names
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import NotFound
from benhan.law.own import OwnDefinition, with_own

LAW = Path(__file__).resolve().parent
FORMS = LAW / "forms"
LAYOUTS = ("page.typ", "sheet.typ")
DEFAULT_SHEET = "law/layout/sheet.typ"
DEFAULT_PAGE = "law/layout/page.typ"  # for forms whose words in `paper` say enough


def read_yaml(path: Path) -> Any:
    """Read a YAML file of ours with the safe loader."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe in C


def definition_hash(raw: dict[str, Any], blocks: dict[str, Any], lists: dict[str, Any], folder: Path) -> str:
    """SHA-256 over what a form version asks and how it lies on the page: the definition with the shared blocks and lists
    it uses (canonical JSON, so comments and line ends do not count) and its own layouts. A change of any of them is a new
    version; another form's block is not."""
    used, named = used_names(raw, blocks, lists)
    whole = {"form": raw, "blocks": used, **({"choices": named} if named else {})}
    digest = hashlib.sha256(canonical(_plain(whole)))
    for path in (folder / name for name in LAYOUTS):
        if path.exists():
            data = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(path.name.encode() + b"\0" + str(len(data)).encode() + b"\0" + data)
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """YAML values as JSON has them: dates as ISO text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def block_files() -> list[Path]:
    """The files of shared blocks; their names make one name space."""
    return [LAW / "blocks.yaml", *sorted((LAW / "blocks").glob("*.yaml"))]


@cache
def blocks() -> dict[str, Any]:
    """Every shared block by name."""
    found: dict[str, Any] = {}
    for path in block_files():
        own = read_yaml(path) or {}
        if doubles := found.keys() & own.keys():
            raise FormBroken(f"{path.name}: khối trùng tên {', '.join(sorted(doubles))}")
        found.update(own)
    return found


@cache
def choice_lists() -> dict[str, Any]:
    """Lists of choices that many forms share, by name."""
    return dict(read_yaml(LAW / "choices.yaml") or {})


@cache
def diagram_names() -> frozenset[str]:
    """The diagrams that can be marked or drawn upon."""
    return frozenset(path.stem for path in (LAW / "diagrams").glob("*.yaml"))


@cache
def diagram_parts(name: str) -> frozenset[str]:
    """Ids of the parts of a diagram."""
    found = diagram(name)
    return frozenset(part.id for part in found.parts) if found else frozenset()


@cache
def diagram(name: str) -> Diagram | None:
    """A diagram by name, to draw; None when there is none of that name."""
    return build_diagram(name, read_yaml(LAW / "diagrams" / f"{name}.yaml")) if name in diagram_names() else None


def has_part(name: str, part: str) -> bool:
    """Does the diagram have that part?"""
    return part in diagram_parts(name)


@cache
def _official() -> dict[str, tuple[FormVersion, ...]]:
    found: dict[str, list[FormVersion]] = {}
    for path in sorted(FORMS.glob("*/*/form.yaml")):
        folder, raw = path.parent, read_yaml(path)
        form_hash = definition_hash(raw, blocks(), choice_lists(), folder)
        place = folder.relative_to(LAW).as_posix()
        form = build(raw, form_hash=form_hash, folder=place, blocks=blocks(), choices=choice_lists())
        if (form.code, str(form.valid_from)) != (folder.parent.name, folder.name):
            raise FormBroken(f"{path.relative_to(LAW)}: mã và ngày phải trùng với tên thư mục")
        found.setdefault(form.code, []).append(form)
    return {code: tuple(sorted(versions, key=lambda f: f.valid_from)) for code, versions in found.items()}


def add_source(source: Callable[[], tuple[OwnDefinition, ...]]) -> None:
    """Let the room that keeps the facility's own definitions tell which are published (wiring only)."""
    _sources[:] = [source]


_sources: list[Callable[[], tuple[OwnDefinition, ...]]] = []


def _all() -> dict[str, tuple[FormVersion, ...]]:
    own = _sources[0]() if _sources else ()
    return _with_own(own) if own else _official()


@lru_cache(maxsize=4)
def _with_own(own: tuple[OwnDefinition, ...]) -> dict[str, tuple[FormVersion, ...]]:
    return with_own(_official(), own, expanded_of)


def expanded_of(form: FormVersion) -> dict[str, Any]:
    """The definition of an official version with its blocks and lists put in, as plain data."""
    raw = read_yaml(LAW / form.folder / "form.yaml")
    return expanded(raw, blocks(), choice_lists())


def all_versions() -> list[FormVersion]:
    """Every form version there is, by code and date."""
    return [version for code in sorted(_all()) for version in _all()[code]]


def example(form: FormVersion) -> dict[str, Any]:
    """The worked example of a form version: {content, clinical_at?, entries?: further contents of the same sheet}. A form
    without one gets a sample made from its definition."""
    path = LAW / form.folder / "example.json"
    if not path.exists():
        return {"content": sample_content(form, parts=diagram_parts)}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def page_layout(form: FormVersion) -> str:
    """The layout of one document of the form, below the package for `proof.render`."""
    own = LAW / form.folder / "page.typ"
    return f"law/{form.folder}/page.typ" if own.exists() else DEFAULT_PAGE


def sheet_layout(form: FormVersion) -> str:
    """The layout that prints many entries as one sheet, below the package for `proof.render`, or an empty text."""
    if (LAW / form.folder / "sheet.typ").exists() and form.folder:
        return f"law/{form.folder}/sheet.typ"
    return DEFAULT_SHEET if form.sheet else ""


def form(code: str, on: date) -> FormVersion:
    """The version of a form in force on the day of the event (R-131, FRM-03)."""
    for version in reversed(_all().get(code, ())):
        if version.valid_from <= on and (version.valid_to is None or on <= version.valid_to):
            return version
    raise NotFound(f"Không có mẫu “{code}” có hiệu lực ngày {on:%d/%m/%Y}", code="form_not_in_force")


def form_version(code: str, valid_from: date) -> FormVersion:
    """One exact version: what a stored answer is shown and printed with (FRM-02)."""
    for version in _all().get(code, ()):
        if version.valid_from == valid_from:
            return version
    raise NotFound(f"Không có phiên bản {valid_from} của mẫu “{code}”", code="form_unknown")


def forms(on: date) -> list[FormVersion]:
    """All forms in force on a day, by name."""
    in_force = [
        v
        for versions in _all().values()
        for v in versions
        if v.valid_from <= on and (v.valid_to is None or on <= v.valid_to)
    ]
    return sorted(in_force, key=lambda f: f.name_vi)


def forms_for(record_type: str, on: date) -> list[FormVersion]:
    """The forms that may be written into a record of this type on a day, in the order of the closed record."""
    kind = record_types()[record_type]
    fitting = [
        f for f in forms(on) if kind["used_in"] in f.used_in and (f.kind != "medical_record" or f.code == kind["form"])
    ]
    order = {group: n for n, group in enumerate(kind["order"])}
    return sorted(fitting, key=lambda f: (order.get(f.group, len(order)), f.name_vi))


@cache
def record_types() -> dict[str, dict[str, Any]]:
    """Record types with their main form, the papers they may hold and those required at closing."""
    return dict(read_yaml(LAW / "record_types.yaml"))


@cache
def signer_roles() -> dict[str, dict[str, Any]]:
    """Signing role of a form → staff positions that may fill it."""
    return dict(read_yaml(LAW / "signers.yaml"))


def versions(code: str) -> tuple[FormVersion, ...]:
    """All versions of a form, oldest first."""
    return _all().get(code, ())
