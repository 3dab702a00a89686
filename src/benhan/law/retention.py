"""How long a record is kept: the classes of TT 33/2025/TT-BYT as data, and the day until which (RET-01 to RET-11)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

CLASSES = Path(__file__).resolve().parent / "retention.csv"
DEFAULT_RULE = "default"


@dataclass(frozen=True)
class RetentionClass:
    """A class of retention. `years` None = for ever; `counted_from` end | death | permanent; `rule` says why."""

    code: str
    name_vi: str
    years: int | None
    counted_from: str
    rule: str
    source: str
    certainty: str

    def until(self, ended: date) -> date | None:
        """The last day to keep: 31/12 of (year the work ended + years), RET-08; None = permanent."""
        return None if self.years is None else date(ended.year + self.years, 12, 31)


@cache
def classes() -> dict[str, RetentionClass]:
    """All classes by code."""
    with CLASSES.open(encoding="utf-8", newline="") as file:
        rows = [{**row, "years": int(row["years"]) if row["years"] else None} for row in csv.DictReader(file)]
    return {str(row["code"]): RetentionClass(**row) for row in rows}  # type: ignore[arg-type] # a row of our own file


def of_rules(*rules: str) -> list[RetentionClass]:
    """The classes that hold for these reasons."""
    return [c for c in classes().values() if c.rule in rules]


def longest(rules: set[str]) -> RetentionClass:
    """The class that applies when several reasons hold at once: the longest (RET-09); without a reason the default."""
    fitting = [c for c in classes().values() if c.rule in rules | {DEFAULT_RULE}]
    return max(fitting, key=lambda c: (c.years is None, c.years or 0))
