"""Which papers there are and which forms hold them, and which items the field lists ask of each form: `benhan forms check`
(FRM-01, R-131)."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from benhan.forms.check import Around, Mistake, RequiredItem, check_blocks, check_file, missing_items
from benhan.law import registry, releases

FIELDS = registry.LAW / "fields.csv"
CV365 = registry.LAW / "cv365" / "fields.csv"
CATALOGUE = registry.LAW / "catalogue.csv"


@dataclass(frozen=True)
class Paper:
    """One paper of the catalogue: the forms that hold it, or the reason why there is none. `certainty` is that of the row: how
    surely the paper is in use under this number."""

    code: str
    official_number: str
    name_vi: str
    kind: str
    certainty: str
    legal_basis: str
    forms: tuple[str, ...]
    reason: str


@cache
def catalogue() -> tuple[Paper, ...]:
    """Every paper of a Vietnamese hospital record known to us, official and in daily use."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return tuple(Paper(**row | {"forms": tuple(row["forms"].split())}) for row in csv.DictReader(file))


def unaccounted(papers: Iterable[Paper], forms: Collection[str]) -> list[str]:
    """What is wrong with a catalogue: a paper with neither form nor reason, a form that does not exist, a code that stands
    twice. With a form, the reason says what of the paper the form does not hold."""
    found, seen = [], set()
    for paper in papers:
        if not paper.forms and not paper.reason.strip():
            found.append(f"{paper.code}: cần mẫu, hoặc lý do vì sao không có")
        found += [f"{paper.code}: không có mẫu “{code}”" for code in paper.forms if code not in forms]
        found += [f"{paper.code}: ghi hai lần"] if paper.code in seen else []
        seen.add(paper.code)
    return found


@cache
def required_items() -> tuple[RequiredItem, ...]:
    """Every item of the field lists: of TT 32/2023 and TT 25/2025 as read by us, and of CV 292/TTYQG-DA."""
    with FIELDS.open(encoding="utf-8", newline="") as file:
        return tuple(RequiredItem(**row) for row in csv.DictReader(file))


def coverage() -> dict[str, tuple[int, list[RequiredItem]]]:
    """By form in its newest version: how many items are asked for, and those it does not have."""
    newest = {f.code: f for f in registry.all_versions()}
    asked = required_items()
    return {
        code: (sum(1 for item in asked if item.form == code), missing_items(form, asked))
        for code, form in newest.items()
    }


def around() -> Around:
    """What forms of this house may refer to."""
    roles = frozenset(registry.signer_roles())
    return Around(registry.blocks(), registry.choice_lists(), registry.diagram_names(), roles, cv365_elements())


@cache
def cv365_elements() -> frozenset[str]:
    """Every element of the exchange file of a record (letter 365/TTYQG-GPQLCL), as `group.path`."""
    with CV365.open(encoding="utf-8", newline="") as file:
        return frozenset(f"{row['group']}.{row['path']}" for row in csv.DictReader(file))


def mistakes() -> list[Mistake]:
    """Every mistake of every form definition, and released versions that were edited."""
    found = [m for path in registry.block_files() for m in check_blocks(path)]
    found += [m for path in sorted(registry.FORMS.glob("*/*/form.yaml")) for m in check_file(path, around())]
    forms = {path.parent.parent.name for path in registry.FORMS.glob("*/*/form.yaml")}
    found += [Mistake(CATALOGUE, 1, said) for said in unaccounted(catalogue(), forms)]
    # A form that does not build has no hash: its mistakes come first.
    for version in () if found else releases.edited():
        path = registry.FORMS / version / "form.yaml"
        found.append(Mistake(path, 1, "phiên bản đã phát hành bị sửa; hãy tạo thư mục phiên bản mới"))
    return found
