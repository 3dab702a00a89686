"""Dated code lists: `resolve(system, code)`, `entries(system)`, and the search with or without marks.

A list is `codes/<system>.csv` with `code, name_vi, name_en, flags, valid_from, valid_to, source, certainty` (all but
the first two may be absent). A facility may put newer lists into a folder of its own and name it with `use_folder`:
they stand in for ours (the ministry's ICD-10 list may not be given on with the program, see `icd10.py`)."""

from __future__ import annotations

import csv
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from benhan.kernel.text import fold

CODES = Path(__file__).resolve().parent / "codes"
ABBREVIATIONS = Path(__file__).resolve().parent / "abbreviations.csv"
QUERY_CHARACTERS_MAX = 100
_own_folders: list[Path] = []


@dataclass(frozen=True)
class Code:
    """One entry of a list, with where it comes from and how sure we are. `flags` are `sex:f`, `sex:m`, `not_main`,
    `main_discouraged`, `death_only`, `unused` (R-139)."""

    system: str
    code: str
    name_vi: str
    name_en: str = ""
    source: str = ""
    certainty: str = ""
    flags: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Was the entry in force on that day?"""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


def use_folder(folder: Path) -> None:
    """Let lists in `folder` stand in for those of the same name that come with the program."""
    if folder not in _own_folders:
        _own_folders.insert(0, folder)
    for cached in (_all, _by_code, _index):
        cached.cache_clear()


def entries(system: str, on: date | None = None) -> tuple[Code, ...]:
    """All entries of a list in its own order (those in force on a day, when given); an unknown list is empty."""
    return _all(system) if on is None else tuple(c for c in _all(system) if c.holds(on))


@cache
def _all(system: str) -> tuple[Code, ...]:
    if not system.replace("_", "").isalnum():
        return ()
    for folder in (*_own_folders, CODES):
        path = folder / f"{system}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as file:
                return tuple(_read(system, row) for row in csv.DictReader(file))
    return ()


def _read(system: str, row: dict[str, str]) -> Code:
    return Code(
        system=system,
        code=row["code"],
        name_vi=row["name_vi"],
        name_en=row.get("name_en") or "",
        source=row.get("source") or "",
        certainty=row.get("certainty") or "",
        flags=frozenset((row.get("flags") or "").split()),
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _by_code(system: str) -> dict[str, tuple[Code, ...]]:
    found: dict[str, tuple[Code, ...]] = {}
    for entry in _all(system):
        found[entry.code] = (*found.get(entry.code, ()), entry)
    return found


def resolve(system: str, code: str, on: date | None = None) -> Code | None:
    """The entry of a code (in force on a day, when given; else the newest), or None."""
    versions = [c for c in _by_code(system).get(code, ()) if on is None or c.holds(on)]
    return max(versions, key=lambda c: c.valid_from or date.min) if versions else None


def name(system: str, code: str) -> str:
    """The Vietnamese name of a code, or an empty text."""
    found = resolve(system, code)
    return found.name_vi if found else ""


def is_known(system: str, code: str) -> bool:
    """Is the code in the list? Codes of a list we do not hold are taken as they are."""
    table = _by_code(system)
    return not table or code in table


def search(system: str, text: str, limit: int = 20, on: date | None = None) -> list[Code]:
    """Find entries by the beginning of the code (dot or none), by beginnings of words in any order, with or without
    marks, or by an abbreviation of the ward (THA, ĐTĐ). Best first: code, name that begins so, short names."""
    typed = fold(text[:QUERY_CHARACTERS_MAX])
    index = _index(system)
    places = index.find(typed)
    if meaning := abbreviations().get(typed):
        meant = index.find(fold(meaning))
        first, second = (meant, places) if text.strip().isupper() else (places, meant)
        places = first + [p for p in second if p not in first]
    found = (index.entries[p] for p in places)
    return [c for c in found if on is None or c.holds(on)][:limit]


@cache
def abbreviations() -> dict[str, str]:
    """Abbreviations of the ward by their folded form; for searching and reading, never for papers (R-53)."""
    with ABBREVIATIONS.open(encoding="utf-8", newline="") as file:
        return {fold(row["abbreviation"]): row["meaning"] for row in csv.DictReader(file)}


class _Index:
    """Folded codes and names of a list, and every word with the places it stands in, sorted so that the beginnings of
    words are a range."""

    def __init__(self, listed: tuple[Code, ...]) -> None:
        self.entries = listed
        self.codes = [c.code.lower().replace(".", "") for c in listed]
        self.names = [f"{fold(c.name_vi)} {fold(c.name_en)}".strip() for c in listed]
        places: dict[str, list[int]] = {}
        for place, names in enumerate(self.names):
            for word in {w.strip("()[],;:-–") for w in names.split(" ")}:
                if word:
                    places.setdefault(word, []).append(place)
        self.words = sorted(places)
        self.places = [places[w] for w in self.words]

    def find(self, typed: str) -> list[int]:
        words = [w for w in typed.split(" ") if w]
        if not words:
            return []
        as_code = typed.replace(".", "").replace(" ", "")
        by_code = sorted((p for p, c in enumerate(self.codes) if c.startswith(as_code)), key=lambda p: self.codes[p])
        by_words = set.intersection(*(self._with(w) for w in words)) - set(by_code)
        if not by_code and not by_words:
            by_words = {p for p, names in enumerate(self.names) if all(w in names for w in words)}
        return by_code + sorted(by_words, key=lambda p: self._rank(p, typed, words[0]))

    def _with(self, beginning: str) -> set[int]:
        found: set[int] = set()
        at = bisect_left(self.words, beginning)
        while at < len(self.words) and self.words[at].startswith(beginning):
            found.update(self.places[at])
            at += 1
        return found

    def _rank(self, place: int, typed: str, first: str) -> tuple[int, int, str]:
        names = self.names[place]
        if names.startswith(typed):
            level = 0
        elif f" {typed}" in names:
            level = 1
        else:
            level = 2 if names.startswith(first) else 3
        return level, len(names), self.codes[place]


@cache
def _index(system: str) -> _Index:
    return _Index(_all(system))
