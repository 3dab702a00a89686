"""The elements of the exchange file as a tree, from the law's dated table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from benhan.law.registry import LAW

ROOT = "HoSoBenhAn"
FOLDER = LAW / "cv365"
GROUPS = (
    "ThongTinBenhNhan",
    "ThongTinVaoVien",
    "ThongTinDieuTri",
    "YLenhThuocVatTu",
    "PhieuChiDinh",
    "KetQuaChanDoanHinhAnh",
    "KetQuaXetNghiem",
    "GiayChuyenVien",
    "HoSoCapCuu",
    "PhieuThuThuat",
    "PhieuPhauThuat",
)
OTHER_SPELLINGS = {"KetquaChanDoanHinhAnh": "KetQuaChanDoanHinhAnh", "KetquaXetNghiem": "KetQuaXetNghiem"}
UNTOLD = ("GiayChuyenVien", "HoSoCapCuu")
ITEM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
JOIN = "sovaovien"  # the admission number that joins all groups
# The table names a level whose key nobody told us; groups 4 and 5 call theirs `danhsach`, so do we (certainty D).
UNKNOWN_LEVELS = {"<item>": "danhsach", "<list of indices>": "danhsach"}


@dataclass
class Element:
    """One element: `kind` text | number | date | datetime | object; `many`: it repeats. `max_length` in characters, 0 unknown.
    `open`: nobody told us its items (groups 8 and 9), so what others write there is taken as it is."""

    name: str
    kind: str = "text"
    many: bool = False
    may_repeat: bool = False
    max_length: int = 0
    certainty: str = ""
    meaning: str = ""
    children: dict[str, Element] = field(default_factory=dict)
    open: bool = False

    @property
    def is_object(self) -> bool:
        """Does it hold further elements?"""
        return bool(self.children) or self.open


@dataclass(frozen=True)
class Edition:
    """A dated edition of the annex."""

    edition: str
    valid_from: date
    valid_to: date | None
    source: str


@cache
def editions() -> tuple[Edition, ...]:
    """All editions; today there is one."""
    with (FOLDER / "editions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Edition(
                r["edition"],
                date.fromisoformat(r["valid_from"]),
                date.fromisoformat(r["valid_to"]) if r["valid_to"] else None,
                r["source"],
            )
            for r in csv.DictReader(file)
        )


def edition_on(day: date) -> Edition:
    """The edition in force on a day; the first one for what is older than all."""
    fit = [e for e in editions() if e.valid_from <= day and (e.valid_to is None or day <= e.valid_to)]
    return fit[-1] if fit else editions()[0]


@cache
def schema() -> dict[str, Element]:
    """Group → its element tree, in the annex's order."""
    groups = {name: Element(name, "object") for name in GROUPS}
    with (FOLDER / "fields.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["group"] in groups:
                _add(groups[row["group"]], row)
    for name in UNTOLD:
        groups[name].children["danhsach"].open = True
    return groups


def _add(group: Element, row: dict[str, str]) -> None:
    node = group
    steps = row["path"].split(".")
    for number, step in enumerate(steps):
        many = step.endswith("[]")
        bare = step.removesuffix("[]")
        name = UNKNOWN_LEVELS.get(bare, bare)
        fresh = name not in node.children
        here = node.children.setdefault(name, Element(name))
        here.many = here.many or many or bare in UNKNOWN_LEVELS
        if number == len(steps) - 1:
            here.kind = {"string": "text", "array": "text", "object or array": "text"}.get(row["type"], row["type"])
            here.may_repeat = row["type"] == "object or array"
            here.max_length = int(row["max_length"].rstrip("?") or 0) if row["max_length"] else 0
            here.certainty, here.meaning = row["certainty"], row["meaning_vi"]
        elif fresh:
            here.certainty = row["certainty"]
        node = here


def paths(node: Element, place: str = "") -> Iterator[tuple[str, Element]]:
    """Every element below a node with its path as the table writes it."""
    for name, child in node.children.items():
        here = f"{place}.{name}{'[]' if child.many else ''}".lstrip(".")
        yield here, child
        yield from paths(child, here)
