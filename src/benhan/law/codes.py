"""Dated code lists: `resolve(system, code)`, `entries(system)`, and the search in ICD-10 with or without marks."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benhan.kernel.text import fold

CODES = Path(__file__).resolve().parent / "codes"


@dataclass(frozen=True)
class Code:
    """One entry of a list, with where it comes from and how sure we are."""

    system: str
    code: str
    name_vi: str
    name_en: str = ""
    source: str = ""
    certainty: str = ""


@cache
def entries(system: str) -> tuple[Code, ...]:
    """All entries of a list in its own order; an unknown list is empty."""
    path = CODES / f"{system}.csv"
    if not system.replace("_", "").isalnum() or not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Code(
                system,
                r["code"],
                r["name_vi"],
                r.get("name_en", "") or "",
                r.get("source", "") or "",
                r.get("certainty", "") or "",
            )
            for r in csv.DictReader(file)
        )


@cache
def _by_code(system: str) -> dict[str, Code]:
    return {c.code: c for c in entries(system)}


def resolve(system: str, code: str) -> Code | None:
    """The entry of a code, or None."""
    return _by_code(system).get(code)


def name(system: str, code: str) -> str:
    """The Vietnamese name of a code, or an empty text."""
    found = resolve(system, code)
    return found.name_vi if found else ""


def is_known(system: str, code: str) -> bool:
    """Is the code in the list? Codes of a list we do not hold are taken as they are."""
    table = _by_code(system)
    return not table or code in table


@cache
def _folded(system: str) -> tuple[tuple[str, str, Code], ...]:
    return tuple((c.code.lower().replace(".", ""), f" {fold(c.name_vi)} {fold(c.name_en)}", c) for c in entries(system))


def search(system: str, text: str, limit: int = 20) -> list[Code]:
    """Find entries by the beginning of the code or by words in any order, with or without marks, best first."""
    typed = fold(text[:100])
    words = [w for w in typed.split(" ") if w]
    if not words:
        return []
    as_code = typed.replace(".", "").replace(" ", "")
    hits = []
    for code, names, entry in _folded(system):
        if code.startswith(as_code):
            hits.append((0, len(code), code, entry))
        elif all(f" {w}" in names for w in words):
            hits.append((1 if names.startswith(f" {words[0]}") else 2, len(names), code, entry))
        elif all(w in names for w in words):
            hits.append((3, len(names), code, entry))
    hits.sort(key=lambda h: h[:3])
    return [h[3] for h in hits[:limit]]
