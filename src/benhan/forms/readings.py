"""What a chart draws: numbers taken together at a time, from the lines of a table or the entries of a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from benhan.forms.definition import Field

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Reading:
    """Numbers taken together: when (a moment, or none), as the sheet says it, and the numbers by field."""

    at: datetime | None
    said: str
    values: dict[str, float] = field(default_factory=dict)


def table_readings(columns: Sequence[Field], lines: Sequence[dict[str, Any]], zone: tzinfo) -> list[Reading]:
    """The lines of a table as readings, in the order of time: its first date or time column says when. Clock times that run
    backwards have passed midnight."""
    when = next((c for c in columns if c.type in ("datetime", "time", "date")), None)
    found: list[Reading] = []
    day, before = datetime(2000, 1, 1, tzinfo=zone), ""
    for line in lines:
        typed = str(line.get(when.id) or "") if when else ""
        if when and when.type == "time" and _CLOCK.fullmatch(typed):
            day += timedelta(days=1) if typed < before else timedelta(0)
            before = typed
        at = _moment(when.type if when else "", typed, day, zone)
        said = _said(when.type if when else "", typed, at, len(found) + 1)
        found.append(Reading(at, said, numbers(line)))
    if all(r.at for r in found) and when and when.type != "time":
        found.sort(key=lambda r: r.at or day)
    return found


def numbers(row: dict[str, Any]) -> dict[str, float]:
    """The numbers of a row of content."""
    return {k: float(v) for k, v in row.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def _moment(kind: str, typed: str, day: datetime, zone: tzinfo) -> datetime | None:
    try:
        if kind == "time":
            hour, minute = typed.split(":")
            return day.replace(hour=int(hour), minute=int(minute))
        if not typed:
            return None
        at = datetime.fromisoformat(typed)
        return at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone)
    except (ValueError, OverflowError):  # a draft may hold half a date
        return None


def _said(kind: str, typed: str, at: datetime | None, number: int) -> str:
    if kind == "datetime" and at:
        return at.strftime("%d/%m %H:%M")
    return "/".join(reversed(typed.split("-"))) if kind == "date" else typed or str(number)


def positions(chart: dict[str, Any], readings: Sequence[Reading]) -> list[float | None]:
    """Where each reading stands across: hours since the first, its number, or the value of `x_field`."""
    if name := chart.get("x_field"):
        return [r.values.get(name) for r in readings]
    first = min((r.at for r in readings if r.at), default=None)
    if chart.get("x", "time") == "index" or first is None:
        return [float(n + 1) for n in range(len(readings))]
    return [(r.at - first).total_seconds() / 3600 if r.at else None for r in readings]
