"""Words that may be short: a proposed list of abbreviations for a facility to start its own from (R-53 asks for one of
its own), and words in capitals that are no abbreviation at all (units, pathogens, tests, scales)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

WORDING = Path(__file__).resolve().parent / "wording"


@dataclass(frozen=True)
class Proposed:
    """One line of the proposal. `certainty` is `unsure` where houses use the same letters for different things."""

    abbreviation: str
    expansion: str
    valid_from: date
    certainty: str
    note: str


@cache
def proposal() -> tuple[Proposed, ...]:
    """Common abbreviations of Vietnamese records: a proposal, in force nowhere before a facility publishes it."""
    return tuple(
        Proposed(r["abbreviation"], r["expansion"], date.fromisoformat(r["valid_from"]), r["certainty"], r["note"])
        for r in _rows("abbreviations")
    )


@cache
def capitals() -> frozenset[str]:
    """Words in capitals that may stand on any paper."""
    return frozenset(r["word"] for r in _rows("capitals"))


def _rows(name: str) -> list[dict[str, str]]:
    with (WORDING / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
