"""Scores: numbers the program computes from other answers. Nobody types them, so nobody adds up wrongly."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from benhan.forms.definition import Band, Field, FormVersion

DECIMALS = 2


def with_scores(form: FormVersion, content: dict[str, Any]) -> dict[str, Any]:
    """The content with every score computed anew; a score whose answers are missing is left out. Shapes that are not the
    form's are left alone, for `validate` to refuse."""
    done = dict(content)
    for section in form.sections:
        if not _has_score(section.fields):
            continue
        value = done.get(section.id)
        if section.repeated and isinstance(value, list):
            done[section.id] = [_row(section.fields, row) if isinstance(row, dict) else row for row in value]
        elif not section.repeated and isinstance(value, dict):
            done[section.id] = _row(section.fields, value)
            if not done[section.id]:
                del done[section.id]
    return done


def _has_score(fields: Sequence[Field]) -> bool:
    return any(f.type == "score" or _has_score(f.columns) for f in fields)


def _row(fields: Sequence[Field], row: dict[str, Any]) -> dict[str, Any]:
    done = dict(row)
    by_id = {f.id: f for f in fields}
    for f in fields:
        if f.type == "table" and isinstance(done.get(f.id), list):
            done[f.id] = [_row(f.columns, line) if isinstance(line, dict) else line for line in done[f.id]]
        elif f.type == "score":
            value = score(f, by_id, done)
            done.pop(f.id, None)
            if value is not None:
                done[f.id] = value
    return done


def score(f: Field, by_id: dict[str, Field], row: dict[str, Any]) -> float | int | None:
    """The value of a score field in its row, or None while answers are missing. Rounded to two decimals."""
    found = [points(by_id[name], row.get(name)) if name in by_id else None for name in f.of]
    known = [p for p in found if p is not None]
    if not known or (len(known) < len(found) and not (f.partial and f.formula == "sum")):
        return None
    value = _FORMULAS[f.formula](known)
    if value is None or not math.isfinite(value):
        return None
    rounded = round(value, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def points(f: Field, value: Any) -> float | None:
    """What an answer counts: a number itself or the points of its interval, a choice its points (several: their sum),
    a score its value."""
    if value in (None, "", []) or isinstance(value, bool):
        return None
    if f.type == "choice":
        chosen = {str(v) for v in value} if isinstance(value, list) else {str(value)}
        counted = [c.points for c in f.choices if c.code in chosen]
        return (
            None if not counted or any(p is None for p in counted) else float(sum(p for p in counted if p is not None))
        )
    if not isinstance(value, int | float):
        return None
    return next((i.points for i in f.points if value <= i.upto), None) if f.points else float(value)


def band(f: Field, value: Any) -> Band | None:
    """What a score means, by its bands."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return next((b for b in f.bands if b.lowest <= value <= b.highest), None)


def _bmi(values: Sequence[float]) -> float | None:
    """Weight (kg) by height (cm) squared, kg/m²."""
    weight, height = values
    return weight / (height / 100) ** 2 if height > 0 else None


def _surface(values: Sequence[float]) -> float | None:
    """Body surface (m²) from weight (kg) and height (cm), Mosteller 1987."""
    weight, height = values
    return math.sqrt(weight * height / 3600) if weight > 0 and height > 0 else None


def _mean_pressure(values: Sequence[float]) -> float | None:
    """Mean arterial pressure from systolic and diastolic, mmHg."""
    systolic, diastolic = values
    return round((systolic + 2 * diastolic) / 3)


def _difference(values: Sequence[float]) -> float | None:
    return values[0] - sum(values[1:])


_FORMULAS: dict[str, Callable[[Sequence[float]], float | None]] = {
    "sum": sum,
    "difference": _difference,
    "bmi": _bmi,
    "mean_pressure": _mean_pressure,
    "body_surface": _surface,
}
TWO_VALUES = ("bmi", "mean_pressure", "body_surface")
