"""The insurance tables as dated data: fields in order, element paths, older names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class TableField:
    """One field of a table; `length_max` None = no limit."""

    name: str
    type: str
    length_max: int | None
    required: bool
    label_vi: str


@dataclass(frozen=True)
class Table:
    """One table: its element names and its fields in the official order."""

    name: str
    root: str
    item: str
    fields: dict[str, TableField]
    aliases: dict[str, str]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def tables() -> dict[str, Table]:
    """All tables by name (XML0 … XML15). XML12 is typed on the portal and has no file."""
    fields: dict[str, dict[str, TableField]] = {}
    for r in _rows("tables.csv"):
        length = int(r["max_length"]) if r["max_length"].isdigit() else None
        fields.setdefault(r["table"], {})[r["field"]] = TableField(
            r["field"], r["type"], length, r["required"] == "yes", r["description_vi"]
        )
    aliases: dict[str, dict[str, str]] = {}
    for r in _rows("aliases.csv"):
        aliases.setdefault(r["table"], {})[r["field_4750"]] = r["field_3176"]
    return {
        w["table"]: Table(w["table"], w["root"], w["item"], fields.get(w["table"], {}), aliases.get(w["table"], {}))
        for w in _rows("wrappers.csv")
        if w["root"]
    }
