"""Legal acts as dated data: which is in force on a day, how sure we are, and how it is cited (R-05, R-85, R-144)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from benhan.kernel.errors import Refused

ACTS = Path(__file__).resolve().parent / "acts.csv"


@dataclass(frozen=True)
class Act:
    """One act. `valid_to` is its last day; `force` law | circular | guide | plan; `certainty` A–D as in the reference notes."""

    code: str
    kind: str
    number: str
    name_vi: str
    issuer: str
    issued: date | None
    valid_from: date | None
    valid_to: date | None
    replaced_by: str
    force: str
    certainty: str
    source: str

    def in_force(self, on: date) -> bool:
        """Did it hold on that day?"""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @property
    def citation(self) -> str:
        """As official papers cite it: kind, number, day of issue when known, name."""
        day = f" ngày {self.issued:%d/%m/%Y}" if self.issued else ""
        number = f" số {self.number}" if self.kind != "TCVN" else f" {self.number}"
        return f"{self.kind}{number}{day}: {self.name_vi}"

    @property
    def short(self) -> str:
        """Kind and number alone."""
        return f"{self.kind} {self.number}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def acts() -> dict[str, Act]:
    """Every act we know, by code, repealed ones too: they must be recognised to be refused."""
    with ACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    dates = ("issued", "valid_from", "valid_to")
    made = [{k: _day(v) if k in dates else v for k, v in row.items()} for row in rows]
    return {str(row["code"]): Act(**row) for row in made}  # type: ignore[arg-type]  # a row of our own file


def in_force(code: str, on: date) -> Act:
    """The act of that code; Refused when it does not hold on the day: no paper may cite it as in force."""
    act = acts()[code]
    if not act.in_force(on):
        when = (
            f"đã hết hiệu lực từ {act.valid_to:%d/%m/%Y}" if act.valid_to and act.valid_to < on else "chưa có hiệu lực"
        )
        raise Refused(f"{act.short} {when}: không dùng làm căn cứ", code="act_not_in_force")
    return act


def repealed_in(text: str, on: date) -> list[Act]:
    """Acts that no longer hold on the day and are named in a text by their number."""
    return [a for a in acts().values() if a.valid_to is not None and a.valid_to < on and a.number in text]
