"""Which items the field lists ask of each form, and whether the forms have them: `benhan forms check` (FRM-01)."""

from __future__ import annotations

import csv
from functools import cache

from benhan.forms.check import Around, Mistake, RequiredItem, check_blocks, check_file, missing_items
from benhan.law import registry, releases

FIELDS = registry.LAW / "fields.csv"


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
    return Around(registry.blocks(), registry.choice_lists(), registry.diagram_names(), roles)


def mistakes() -> list[Mistake]:
    """Every mistake of every form definition, and released versions that were edited."""
    found = [m for path in registry.block_files() for m in check_blocks(path)]
    found += [m for path in sorted(registry.FORMS.glob("*/*/form.yaml")) for m in check_file(path, around())]
    # A form that does not build has no hash: its mistakes come first.
    for version in () if found else releases.edited():
        path = registry.FORMS / version / "form.yaml"
        found.append(Mistake(path, 1, "phiên bản đã phát hành bị sửa; hãy tạo thư mục phiên bản mới"))
    return found
