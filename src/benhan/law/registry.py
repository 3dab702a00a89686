"""Which form version is in force on a day. Read once, checked, immutable."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benhan.forms.definition import FormBroken, FormVersion, build
from benhan.kernel.errors import NotFound

LAW = Path(__file__).resolve().parent
FORMS = LAW / "forms"
HASHED_FILES = ("form.yaml", "page.typ")


def read_yaml(path: Path) -> Any:
    """Read a YAML file of ours with the safe loader."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe in C


def folder_hash(folder: Path) -> str:
    """SHA-256 over the released files of a form version and the shared blocks and layout it may use. A change of any of
    them is a new version."""
    digest = hashlib.sha256()
    shared = [LAW / "blocks.yaml", LAW / "layout" / "benhan.typ"]
    for path in [*(folder / name for name in HASHED_FILES), *shared]:
        data = path.read_bytes().replace(b"\r\n", b"\n") if path.exists() else b""
        digest.update(path.name.encode() + b"\0" + str(len(data)).encode() + b"\0" + data)
    return digest.hexdigest()


@cache
def _all() -> dict[str, tuple[FormVersion, ...]]:
    blocks = read_yaml(LAW / "blocks.yaml") or {}
    found: dict[str, list[FormVersion]] = {}
    for path in sorted(FORMS.glob("*/*/form.yaml")):
        folder = path.parent
        form = build(read_yaml(path), form_hash=folder_hash(folder), folder=folder.relative_to(LAW).as_posix(), blocks=blocks)
        if (form.code, str(form.valid_from)) != (folder.parent.name, folder.name):
            raise FormBroken(f"{path.relative_to(LAW)}: mã và ngày phải trùng với tên thư mục")
        found.setdefault(form.code, []).append(form)
    return {code: tuple(sorted(versions, key=lambda f: f.valid_from)) for code, versions in found.items()}


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
    in_force = [v for versions in _all().values() for v in versions if v.valid_from <= on and (v.valid_to is None or on <= v.valid_to)]
    return sorted(in_force, key=lambda f: f.name_vi)


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
