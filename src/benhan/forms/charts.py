"""Time charts from the `chart` words of a form: one finished SVG for page and paper, legible in black and white. Every curve has
a mark and a dash of its own besides its colour; what lies off an axis stands at its edge with an arrow and its value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape
from itertools import pairwise
from typing import Any

from benhan.forms.chart_marks import DASHES, arrow, mark_svg
from benhan.forms.definition import Field
from benhan.forms.guides import GuideLine, guide_lines
from benhan.forms.paper import with_unit
from benhan.forms.readings import Reading, positions

UNIT = 0.25  # millimetres on paper of one unit of the SVG
WIDTH_MM, HEIGHT_MM = 178, 60
FONT = "Noto Sans, Noto Serif, sans-serif"
COLORS = {
    "red": "#b3261e", "blue": "#1f4fa3", "black": "#111111", "green": "#1b6b34", "orange": "#9a5200", "grey": "#777777",
}  # fmt: skip
PALE = {"red": "#f6dedd", "blue": "#dfe7f5", "green": "#e0efe4", "orange": "#f7e9d8", "grey": "#ececec"}
TEXT, AXIS, TOP, BOTTOM = 9.5, 31, 13, 26  # size of letters; room for an axis, above and below the plot
MARKS_APART = 5.0  # of hundreds of readings the line shows all, marks stand no closer than this
GAP = 4  # no line over a pause of more than four usual intervals
SAID_MAX = 200  # values told to a screen reader


@dataclass(frozen=True)
class _Plot:
    """The frame: edges in units, the range of x, and the range of every axis."""

    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    axes: tuple[tuple[float, float], ...]

    def across(self, x: float) -> float:
        low, high = self.x
        share = (x - low) / (high - low) if high > low else 0.5
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def up(self, y: float, axis: tuple[float, float]) -> float:
        share = (min(max(y, axis[0]), axis[1]) - axis[0]) / (axis[1] - axis[0])
        return self.bottom - (self.bottom - self.top) * share


def chart_svg(
    chart: dict[str, Any],
    readings: Sequence[Reading],
    zone: tzinfo,
    *,
    fields: Sequence[Field] = (),
    sex: str = "",
    width_mm: float = WIDTH_MM,
) -> str:
    """Draw a chart. `fields` say names and units of what the curves draw; `sex` (1 male, 2 female) picks among guides
    that are for one sex. Without readings the empty grid is drawn, to be filled in by hand."""
    by_id = {f.id: f for f in fields}
    curves = [
        {**c, "number": n, "label_vi": _named(c, by_id.get(str(c["field"])))} for n, c in enumerate(chart["curves"])
    ]
    xs = positions(chart, readings)
    axes = [_axis(c, readings) for c in curves]
    distinct = tuple(dict.fromkeys(axes))
    width = width_mm / UNIT
    legend, used = _legend(curves, width)
    top = used + TOP
    bottom = top + float(chart.get("height", HEIGHT_MM)) / UNIT
    guides = guide_lines(chart, readings, xs, sex)
    plot = _Plot(AXIS * len(distinct) + 4, width - 14, top, bottom, _x_range(chart, xs, guides), distinct)
    height = bottom + BOTTOM
    body = [
        _bands(chart, plot),
        _grid(plot, chart, readings, xs, zone),
        _axes(plot, curves, axes),
        *(_guide(g, n, plot) for n, g in enumerate(guides)),
        *(_curve(c, a, readings, xs, plot, chart) for c, a in zip(curves, axes, strict=True)),
    ]
    title = escape(str(chart.get("title_vi") or "Biểu đồ"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="{FONT}" font-size="{TEXT}" class="chart" role="img">'
        f"<title>{title}</title><desc>{escape(in_words(curves, readings))}</desc>{legend}{''.join(body)}</svg>"
    )


def _named(curve: dict[str, Any], f: Field | None) -> str:
    """What the legend calls a curve: its words or the field's, with the unit."""
    name = str(curve.get("label_vi") or (f.label_vi if f else curve["field"]))
    return with_unit(name, f.unit) if f else name


def in_words(curves: Sequence[dict[str, Any]], readings: Sequence[Reading]) -> str:
    """The values as text, for who cannot see the curves: `Mạch: 08:00 80; 09:00 92.`"""
    lines, left = [], SAID_MAX
    for curve in curves:
        found = [(r.said, r.values[curve["field"]]) for r in readings if curve["field"] in r.values]
        said = "; ".join(f"{at} {_number(v)}" for at, v in found[: max(left, 0)])
        more = len(found) - max(left, 0)
        lines.append(f"{curve['label_vi']}: {said or 'không có số liệu'}" + (f"; và {more} số nữa" if more > 0 else ""))
        left -= len(found)
    return ". ".join(lines) + "."


def _axis(curve: dict[str, Any], readings: Sequence[Reading]) -> tuple[float, float]:
    """The axis of a curve: as the form says, else round numbers around what was read."""
    given = curve.get("axis")
    if given and given[0] < given[1]:
        return float(given[0]), float(given[1])
    found = [r.values[curve["field"]] for r in readings if curve["field"] in r.values]
    low, high = min(found, default=0.0), max(found, default=10.0)
    step = _step(max(high - low, 1), 5)
    return math.floor(low / step) * step, math.floor(high / step) * step + step


def _x_range(chart: dict[str, Any], xs: Sequence[float | None], guides: Sequence[GuideLine]) -> tuple[float, float]:
    known = [x for x in xs if x is not None]
    if given := chart.get("x_axis"):  # what lies beyond makes it longer: nothing is pressed into the edge
        return min([float(given[0]), *known]), max([float(given[1]), *(math.ceil(x) for x in known)])
    if chart.get("x", "time") == "index" and not chart.get("x_field"):
        return 0.5, max(len(known), 10) + 0.5
    known += [p[0] for g in guides for p in g.points]
    low, high = min(known, default=0.0), max(known, default=12.0)
    return (low, high if high - low >= 1 else low + 1)


def _step(span: float, wanted: int) -> float:
    """The round step that cuts a span into about so many pieces."""
    raw = span / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)


def _ticks(low: float, high: float, step: float) -> list[float]:
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _number(value: float) -> str:
    return f"{value:.4g}".replace(".", ",") if abs(value) < 10_000 else f"{value:.0f}"


def _text(x: float, y: float, says: str, anchor: str = "middle", color: str = "#222222", size: float = TEXT) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="{size:g}">{escape(says)}</text>'


def _line(x0: float, y0: float, x1: float, y1: float, color: str = "#bbbbbb", width: float = 0.7) -> str:
    return f'<path d="M{x0:.1f} {y0:.1f} L{x1:.1f} {y1:.1f}" stroke="{color}" stroke-width="{width:g}" fill="none"/>'


def _color(words: dict[str, Any]) -> str:
    return COLORS.get(str(words.get("color", "black")), COLORS["black"])


def _legend(curves: Sequence[dict[str, Any]], width: float) -> tuple[str, float]:
    """Mark, dash and name of each curve, above the plot; and the height they take."""
    drawn, x, y = [], 4.0, 8.0
    for curve in curves:
        label = str(curve["label_vi"])
        room = 34 + len(label) * 5.6
        if x > 4 and x + room > width:
            x, y = 4.0, y + 14
        color = _color(curve)
        if curve.get("join"):
            drawn.append(_stroke(f"M{x:.1f} {y:.1f} h22", color, curve["number"]))
        drawn.append(mark_svg(str(curve.get("mark", "dot")), x + 11, y, color))
        drawn.append(_text(x + 27, y + 3.5, label, "start", color))
        x += room
    return "".join(drawn), y + 10


def _stroke(d: str, color: str, number: int) -> str:
    dash = DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="none" stroke="{color}" stroke-width="1.5" stroke-linejoin="round"{dashed}/>'


def _bands(chart: dict[str, Any], plot: _Plot) -> str:
    """Usual ranges, as pale stripes across; their names at the right edge."""
    drawn = []
    for band in chart.get("bands", ()):
        axis = tuple(float(v) for v in band["axis"]) if band.get("axis") else plot.axes[0]
        top, bottom = plot.up(float(band["to"]), (axis[0], axis[1])), plot.up(float(band["from"]), (axis[0], axis[1]))
        fill = PALE.get(str(band.get("color", "grey")), PALE["grey"])
        drawn.append(
            f'<rect x="{plot.left:.1f}" y="{top:.1f}" width="{plot.right - plot.left:.1f}" '
            f'height="{bottom - top:.1f}" fill="{fill}"/>'
        )
        if band.get("label_vi"):
            drawn.append(_text(plot.right - 3, top + 11, str(band["label_vi"]), "end", "#444444", 8))
    return "".join(drawn)


def _grid(
    plot: _Plot, chart: dict[str, Any], readings: Sequence[Reading], xs: Sequence[float | None], zone: tzinfo
) -> str:
    first = plot.axes[0]
    drawn = [_line(plot.left, plot.up(v, first), plot.right, plot.up(v, first)) for v in _y_ticks(plot, first)]
    for x, says, below in _x_ticks(plot, chart, readings, xs):
        at = plot.across(x)
        drawn.append(_line(at, plot.top, at, plot.bottom))
        drawn.append(_text(at, plot.bottom + 10, says, size=8.5))
        if below:
            drawn.append(_text(at, plot.bottom + 20, below, size=8.5, color="#555555"))
    if chart.get("x_label_vi"):
        drawn.append(_text(plot.right, plot.bottom + 21, str(chart["x_label_vi"]), "end", "#555555", 8.5))
    frame = (
        f'<rect x="{plot.left:.1f}" y="{plot.top:.1f}" width="{plot.right - plot.left:.1f}" '
        f'height="{plot.bottom - plot.top:.1f}" fill="none" stroke="#444444"/>'
    )
    return "".join(drawn) + frame


def _y_ticks(plot: _Plot, axis: tuple[float, float]) -> list[float]:
    wanted = max(3, int((plot.bottom - plot.top) / 24))
    return _ticks(axis[0], axis[1], _step(axis[1] - axis[0], wanted))


def _x_ticks(
    plot: _Plot, chart: dict[str, Any], readings: Sequence[Reading], xs: Sequence[float | None]
) -> list[tuple[float, str, str]]:
    """Place, text and second line of each tick: numbers, hours since the first reading, or the clock with its day."""
    low, high = plot.x
    wanted = int((plot.right - plot.left) / 42)
    start = min((r.at for r in readings if r.at), default=None)
    if chart.get("x_field") or chart.get("x") == "index":
        return [(t, _number(t), "") for t in _ticks(low, high, max(_step(high - low, wanted), 1.0))]
    if chart.get("x") == "hours":
        return [(t, f"{_number(t)} giờ", "") for t in _ticks(low, high, _hours_step(high - low, wanted + 2))]
    if start is None:  # an empty clock is filled in by hand
        return [(t, "", "") for t in _ticks(low, high, 1)]
    return _clock_ticks(start, low, high, _hours_step(high - low, wanted))


def _hours_step(span: float, wanted: int) -> float:
    steps = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 96, 168)
    return next((s for s in steps if span / s <= wanted), math.ceil(span / wanted / 168) * 168.0)


def _clock_ticks(start: datetime, low: float, high: float, step: float) -> list[tuple[float, str, str]]:
    """Whole hours of the clock; the day stands below where it begins."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = (start - midnight).total_seconds() / 3600
    found, day = [], ""
    for t in _ticks(low + offset, high + offset, step):
        at = midnight + timedelta(hours=t)
        today = at.strftime("%d/%m") if start.year > 2000 else ""  # times without a day have none to show
        found.append(
            (t - offset, at.strftime("%H:%M") if step < 24 else today, today if step < 24 and today != day else "")
        )
        day = today
    return found


def _axes(plot: _Plot, curves: Sequence[dict[str, Any]], axes: Sequence[tuple[float, float]]) -> str:
    """Numbers of every axis at the left, in the colour and under the marks of its curves."""
    drawn = []
    for n, axis in enumerate(plot.axes):
        own = [c for c, a in zip(curves, axes, strict=True) if a == axis]
        colors = {_color(c) for c in own}
        color = colors.pop() if len(colors) == 1 else "#222222"
        right = plot.left - AXIS * n - 4
        drawn += [_text(right, plot.up(v, axis) + 3.2, _number(v), "end", color, 8.5) for v in _y_ticks(plot, axis)]
        if n:
            drawn.append(_line(right + 3, plot.top, right + 3, plot.bottom, color))
        if len(plot.axes) > 1:
            for k, curve in enumerate(own[:3]):
                drawn.append(mark_svg(str(curve.get("mark", "dot")), right - 4 - 9 * k, plot.top - 9, _color(curve)))
    return "".join(drawn)


def _guide(line_of: GuideLine, number: int, plot: _Plot) -> str:
    """A line of the form itself, as the alert line of a partograph; its name stands beside its middle."""
    guide = line_of.words
    axis = tuple(float(v) for v in guide["axis"]) if guide.get("axis") else plot.axes[0]
    points = [(plot.across(float(x)), plot.up(float(y), (axis[0], axis[1]))) for x, y in line_of.points]
    d = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = ' stroke-dasharray="7 3"' if guide.get("dashed") else ""
    line = f'<path d="{d}" fill="none" stroke="#555555" stroke-width="1.3"{dashed}/>'
    if not guide.get("label_vi"):
        return line
    x, y = _along(points, 0.42 + 0.08 * (number % 2))
    return line + (
        f'<text x="{x + 4:.1f}" y="{y + 12:.1f}" font-size="8.5" fill="#333333" stroke="#ffffff" stroke-width="2.5" '
        f'paint-order="stroke">{escape(str(guide["label_vi"]))}</text>'
    )


def _along(points: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    at = share * (len(points) - 1)
    n = min(int(at), len(points) - 2)
    (x0, y0), (x1, y1) = points[n], points[n + 1]
    return x0 + (x1 - x0) * (at - n), y0 + (y1 - y0) * (at - n)


def _curve(
    curve: dict[str, Any],
    axis: tuple[float, float],
    readings: Sequence[Reading],
    xs: Sequence[float | None],
    plot: _Plot,
    chart: dict[str, Any],
) -> str:
    points = [
        (x, r.values[curve["field"]])
        for x, r in zip(xs, readings, strict=True)
        if x is not None and curve["field"] in r.values
    ]
    points.sort(key=lambda p: p[0])
    color, drawn = _color(curve), []
    if curve.get("join"):
        d = _path(points, axis, plot, by_time=chart.get("x") != "index" and not chart.get("x_field"))
        drawn.append(_stroke(d, color, curve["number"]) if d else "")
    last = -math.inf
    for n, (x, y) in enumerate(points):
        left, up = plot.across(x), plot.up(y, axis)
        if left - last < MARKS_APART and n < len(points) - 1:
            continue
        last = left
        if axis[0] <= y <= axis[1]:
            drawn.append(mark_svg(str(curve.get("mark", "dot")), left, up, color))
        else:
            drawn.append(arrow(left, up, color, down=y < axis[0]))
            drawn.append(_text(left + 5, up + (-3 if y < axis[0] else 10), _number(y), "start", color, 8))
    return "".join(drawn)


def _path(points: Sequence[tuple[float, float]], axis: tuple[float, float], plot: _Plot, *, by_time: bool) -> str:
    """The line through the points, broken where nobody measured for long."""
    steps = sorted(b[0] - a[0] for a, b in pairwise(points))
    usual = steps[len(steps) // 2] if len(steps) > 2 else math.inf
    d, before = "", None
    for x, y in points:
        starts = before is None or (by_time and usual > 0 and x - before > GAP * usual)
        d += f"{'M' if starts else 'L'}{plot.across(x):.1f} {plot.up(y, axis):.1f} "
        before = x
    return d if len(points) > 1 else ""
