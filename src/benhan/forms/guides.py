"""Lines of a form that stand in its chart. A line may begin where a value is first reached: the alert line of a partograph runs
through the first examination of the active phase, whenever that was (WHO, modified partograph: 1 cm an hour from 4 cm)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benhan.forms.readings import Reading

Point = tuple[float, float]


@dataclass(frozen=True)
class GuideLine:
    """A line to draw: its words and where it runs now."""

    words: dict[str, Any]
    points: tuple[Point, ...]


def guide_lines(
    chart: dict[str, Any], readings: Sequence[Reading], xs: Sequence[float | None], sex: str = ""
) -> list[GuideLine]:
    """The lines of a chart for these readings, in the chart's own units. `sex` (1 male, 2 female) leaves out lines for the other
    one; a line that waits for a value is absent until it is reached, and printed at its written place on an empty chart."""
    own = [g for g in chart.get("guides", ()) if not (sex and g.get("sex")) or g["sex"] == sex]
    found = ((g, _placed(g, readings, xs)) for g in own)
    return [GuideLine(g, points) for g, points in found if len(points) > 1]


def _placed(guide: dict[str, Any], readings: Sequence[Reading], xs: Sequence[float | None]) -> tuple[Point, ...]:
    points = [(float(x), float(y)) for x, y in guide["points"]]
    start = guide.get("starts")
    if not start or not readings:
        return tuple(points)
    first = _first(str(start["field"]), float(start["reaches"]), readings, xs)
    if first is None:
        return ()
    at, value = first
    shift = at - (value - float(start["reaches"])) * _hours_per_unit(points)
    return _from([(x + shift, y) for x, y in points], at)


def _first(
    field: str, reaches: float, readings: Sequence[Reading], xs: Sequence[float | None]
) -> tuple[float, float] | None:
    reached = [
        (x, r.values[field])
        for x, r in zip(xs, readings, strict=True)
        if x is not None and r.values.get(field, reaches - 1) >= reaches
    ]
    return min(reached) if reached else None


def _hours_per_unit(points: Sequence[Point]) -> float:
    (x0, y0), (x1, y1) = points[0], points[-1]
    return (x1 - x0) / (y1 - y0) if y1 != y0 else 0.0


def _from(points: Sequence[Point], low: float) -> tuple[Point, ...]:
    """The part of a line from `low` on: nothing is drawn before the value was reached."""
    kept: list[Point] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        if x1 <= low:
            continue
        if not kept:
            kept.append((x0, y0) if x0 >= low else (low, y0 + (y1 - y0) * (low - x0) / (x1 - x0)))
        kept.append((x1, y1))
    return tuple(kept)
