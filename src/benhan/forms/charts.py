"""Curves over time: vital signs, anaesthesia, labour. One function draws the chart for screen and paper.

Readable without colour: each curve has its own mark and, where two could be mixed up, its name stands at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from benhan.forms.definition import Field

WIDTH, LEFT_OF_AXIS, RIGHT, TOP, BOTTOM = 720.0, 34.0, 12.0, 20.0, 30.0
MILLIMETRE = 720 / 178  # the chart fills the width of an A4 page
HEIGHT_MM = 60
FONT = "Noto Sans, Noto Serif, sans-serif"
COLOURS = {
    "red": "#c62828",
    "blue": "#1565c0",
    "black": "#222222",
    "green": "#2e7d32",
    "orange": "#ef6c00",
    "grey": "#777777",
}
PALETTE = ("red", "blue", "green", "orange", "black", "grey")
MARKS = ("dot", "cross", "circle", "up", "down")
GRID, INK = "#dddddd", "#222222"
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
X_LABELS_MAX = 14
HOURS_A_DAY = 24


@dataclass(frozen=True)
class Reading:
    """One line of the table, or one entry of the sheet: where it stands on the time axis, what is written there, values."""

    x: float
    label: str
    values: dict[str, float]


def readings_of_lines(columns: Sequence[Field], lines: Sequence[dict[str, Any]], x: str) -> list[Reading]:
    """The lines of a table as readings. Times of day that go back to the start of the clock are past midnight."""
    first = columns[0]
    found: list[Reading] = []
    day = 0.0
    before: float | None = None
    for number, line in enumerate(lines):
        at = _hours(first, line.get(first.id))
        if at is not None and first.type == "time" and before is not None and at + day < before:
            day += HOURS_A_DAY
        place = float(number) if x == "index" or at is None else at + day
        before = place if at is not None else before
        values = {c.id: float(line[c.id]) for c in columns if _is_number(line.get(c.id))}
        found.append(Reading(place, _label(first, line.get(first.id), number), values))
    if x == "hours" and found:
        start = found[0].x
        found = [Reading(r.x - start, _number_text(round(r.x - start, 1)), r.values) for r in found]
    return sorted(found, key=lambda r: r.x)


def _hours(field: Field, value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        if field.type == "time":
            hour, minute = value.split(":")
            return int(hour) + int(minute) / 60
        return datetime.fromisoformat(value).timestamp() / 3600
    except ValueError:
        return None  # typed wrongly: validation points at it, the chart counts lines instead


def _label(field: Field, value: Any, number: int) -> str:
    if field.type == "time" and isinstance(value, str):
        return value
    if field.type == "datetime" and isinstance(value, str) and len(value) >= 16:
        return f"{value[11:16]}"
    return str(number + 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def svg(spec: dict[str, Any], fields: Sequence[Field], readings: Sequence[Reading]) -> str:
    """The chart as the words of `spec` (docs/forms.md) say, as SVG. Without a single value the frame alone is drawn."""
    known = {f.id: f for f in fields}
    curves = [_Curve.of(n, raw, known, readings) for n, raw in enumerate(spec["curves"])]
    frame = _Frame.of(spec, curves, readings)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {frame.height:g}" class="chart" role="img">',
        f"<title>{escape(str(spec.get('title_vi') or 'Biểu đồ'))}</title>",
        f"<desc>{escape(_in_words(curves, readings))}</desc>",
        *frame.grid(readings, spec),
        *(_band(frame, raw) for raw in spec.get("bands", [])),
        *(_guide(frame, raw) for raw in spec.get("guides", [])),
        *(part for curve in curves for part in curve.drawn(frame, readings)),
        _legend(frame, curves),
        "</svg>",
    ]
    return "".join(body)


@dataclass(frozen=True)
class _Curve:
    field_id: str
    label: str
    colour: str
    mark: str
    low: float
    high: float
    join: bool

    @classmethod
    def of(cls, number: int, raw: dict[str, Any], known: dict[str, Field], readings: Sequence[Reading]) -> _Curve:
        f = known.get(raw["field"])
        label = raw.get("label_vi") or (f.label_vi if f else raw["field"])
        unit = f.unit if f else ""
        low, high = raw.get("axis") or _range([r.values[raw["field"]] for r in readings if raw["field"] in r.values], f)
        colour = COLOURS[raw.get("color") or PALETTE[number % len(PALETTE)]]
        mark = raw.get("mark") or MARKS[number % len(MARKS)]
        whole = f"{label} ({unit})" if unit and unit not in label else label
        return cls(raw["field"], whole, colour, mark, float(low), float(high), bool(raw.get("join", True)))

    def drawn(self, frame: _Frame, readings: Sequence[Reading]) -> list[str]:
        points = [(frame.x(r.x), r.values[self.field_id]) for r in readings if self.field_id in r.values]
        places = [(x, frame.y(min(max(v, self.low), self.high), self)) for x, v in points]
        made = []
        if self.join and len(places) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            made.append(f'<path d="{path}" fill="none" stroke="{self.colour}" stroke-width="1.3"/>')
        for (x, y), (_, value) in zip(places, points, strict=True):
            outside = value < self.low or value > self.high
            made.append(_mark(self.mark, x, y, self.colour))
            if outside:  # off the scale: an arrow and the number, at the edge
                arrow = "↑" if value > self.high else "↓"
                made.append(
                    _text(
                        x + 5,
                        y + (9 if value > self.high else -4),
                        f"{arrow}{_number_text(value)}",
                        8,
                        "start",
                        self.colour,
                    )
                )
        return made


@dataclass(frozen=True)
class _Frame:
    left: float
    height: float
    x_low: float
    x_high: float
    axes: tuple[_Curve, ...]
    curves: int

    @classmethod
    def of(cls, spec: dict[str, Any], curves: Sequence[_Curve], readings: Sequence[Reading]) -> _Frame:
        axes: list[_Curve] = []
        for curve in curves:  # curves with the same range share an axis
            if all((a.low, a.high) != (curve.low, curve.high) for a in axes):
                axes.append(curve)
        xs = [r.x for r in readings] or [0.0, 1.0]
        low, high = spec.get("x_axis") or (min(xs), max(xs))
        guides = [p[0] for g in spec.get("guides", []) for p in g["points"]]
        high = max([float(high), *(guides if "x_axis" not in spec else [])])
        if high - low < 1e-9:
            high = low + 1
        legend = 14 * math.ceil(len(curves) / 4)
        height = float(spec.get("height") or HEIGHT_MM) * MILLIMETRE + TOP + BOTTOM + legend
        return cls(LEFT_OF_AXIS * min(len(axes), 3) + 4, height, float(low), high, tuple(axes[:3]), len(curves))

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM - 14 * math.ceil(self.curves / 4)

    def x(self, value: float) -> float:
        value = min(max(value, self.x_low), self.x_high)
        return self.left + (value - self.x_low) / (self.x_high - self.x_low) * (WIDTH - self.left - RIGHT)

    def y(self, value: float, curve: _Curve) -> float:
        return self.bottom - (value - curve.low) / (curve.high - curve.low) * (self.bottom - TOP)

    def grid(self, readings: Sequence[Reading], spec: dict[str, Any]) -> list[str]:
        made = [
            f'<rect x="{self.left:g}" y="{TOP:g}" width="{WIDTH - self.left - RIGHT:g}" height="{self.bottom - TOP:g}" '
            f'fill="#ffffff" stroke="{INK}" stroke-width="0.8"/>'
        ]
        for number, axis in enumerate(self.axes):
            edge = self.left - 4 - LEFT_OF_AXIS * number
            for tick in _ticks(axis.low, axis.high):
                y = self.y(tick, axis)
                if number == 0:
                    made.append(
                        f'<path d="M{self.left:g} {y:.1f}H{WIDTH - RIGHT:g}" stroke="{GRID}" stroke-width="0.6"/>'
                    )
                made.append(_text(edge, y + 3, _number_text(tick), 8, "end", axis.colour))
        made += self._times(readings, spec)
        if spec.get("title_vi"):
            made.append(_text(self.left, 13, str(spec["title_vi"]), 10, "start", INK, bold=True))
        return made

    def _times(self, readings: Sequence[Reading], spec: dict[str, Any]) -> list[str]:
        if spec.get("x") == "hours" or spec.get("x_axis") or spec.get("x_field"):
            labels = [(t, _number_text(t)) for t in _ticks(self.x_low, self.x_high, X_LABELS_MAX)]
        else:
            step = max(1, math.ceil(len(readings) / X_LABELS_MAX))
            labels = [(r.x, r.label) for n, r in enumerate(readings) if n % step == 0]
        made = []
        for value, label in labels:
            x = self.x(value)
            made.append(f'<path d="M{x:.1f} {TOP:g}V{self.bottom + 3:g}" stroke="{GRID}" stroke-width="0.6"/>')
            made.append(_text(x, self.bottom + 12, label, 8, "middle", INK))
        name = spec.get("x_label_vi") or ("giờ kể từ lần đầu" if spec.get("x") == "hours" else "")
        return [*made, _text(WIDTH - RIGHT, self.bottom + 23, name, 8, "end", INK)] if name else made


def _band(frame: _Frame, raw: dict[str, Any]) -> str:
    axis = _axis_of(frame, raw)
    top, bottom = (min(max(frame.y(float(raw[k]), axis), TOP), frame.bottom) for k in ("to", "from"))
    colour = COLOURS[raw.get("color", "grey")]
    width, height = WIDTH - frame.left - RIGHT, max(bottom - top, 0)
    place = f'x="{frame.left:g}" y="{top:.1f}" width="{width:g}" height="{height:.1f}"'
    shape = f'<rect {place} fill="{colour}" fill-opacity="0.12"/>'
    label = raw.get("label_vi")
    return shape + (_text(WIDTH - RIGHT - 4, top + 9, str(label), 8, "end", colour) if label else "")


def _guide(frame: _Frame, raw: dict[str, Any]) -> str:
    axis = _axis_of(frame, raw)
    points = [(frame.x(float(x)), frame.y(min(max(float(y), axis.low), axis.high), axis)) for x, y in raw["points"]]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dash = ' stroke-dasharray="5 3"' if raw.get("dashed", True) else ""
    line = f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="0.9"{dash}/>'
    x, y = points[-1]
    return line + (_text(x - 3, y - 3, str(raw["label_vi"]), 8, "end", INK) if raw.get("label_vi") else "")


def _axis_of(frame: _Frame, raw: dict[str, Any]) -> _Curve:
    wanted = raw.get("axis")
    return next((a for a in frame.axes if wanted and [a.low, a.high] == [float(v) for v in wanted]), frame.axes[0])


def _legend(frame: _Frame, curves: Sequence[_Curve]) -> str:
    made = []
    for n, curve in enumerate(curves):
        x, y = frame.left + (n % 4) * ((WIDTH - frame.left) / 4), frame.bottom + 28 + 14 * (n // 4) + 6
        made.append(f'<path d="M{x:g} {y:g}h18" stroke="{curve.colour}" stroke-width="1.3"/>' if curve.join else "")
        made.append(_mark(curve.mark, x + 9, y, curve.colour) + _text(x + 22, y + 3, curve.label, 8.5, "start", INK))
    return "".join(made)


def _mark(kind: str, x: float, y: float, colour: str) -> str:
    if kind == "none":
        return ""
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="#ffffff" stroke="{colour}" stroke-width="1.2"/>'
    shapes = {
        "cross": f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6",
        "up": f"M{x - 3.4:.1f} {y + 3:.1f}l3.4 -6l3.4 6",
        "down": f"M{x - 3.4:.1f} {y - 3:.1f}l3.4 6l3.4 -6",
    }
    if kind in shapes:
        return f'<path d="{shapes[kind]}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{colour}"/>'


def _range(values: Sequence[float], field: Field | None) -> tuple[float, float]:
    """A range that holds the usual and what there is, ended on round numbers."""
    usual = field.plausible if field and field.plausible else None
    low, high = min([*values, *(usual or ())], default=0.0), max([*values, *(usual or ())], default=1.0)
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    step = _step(low, high, 6)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _step(low: float, high: float, wanted: int) -> float:
    return next((s for s in STEPS if (high - low) / s <= wanted), (high - low) / wanted)


def _ticks(low: float, high: float, wanted: int = 8) -> list[float]:
    step = _step(low, high, wanted)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 6) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _number_text(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _in_words(curves: Sequence[_Curve], readings: Sequence[Reading]) -> str:
    """The values for who cannot see the picture."""
    said = []
    for curve in curves:
        values = [
            f"{r.label}: {_number_text(r.values[curve.field_id])}" for r in readings if curve.field_id in r.values
        ]
        said.append(f"{curve.label}: {', '.join(values[:60]) or 'chưa có'}")
    return ". ".join(said)


def _text(x: float, y: float, text: str, size: float, anchor: str, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{escape(text)}</text>"
    )
