"""The map, the trend and the bars of the board as SVG. Stages differ in shape as well as in colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from markupsafe import Markup

from benhan.law.rollout import DEADLINE
from benhan.rollout.authority.models import STAGES, DayTotal
from benhan.rollout.authority.queries import Row

MAP, TREND = (760, 520), (760, 260)
STACK = ("announced", "ready", "advancing", "started", "silent")


def shape(stage: str, x: float, y: float, size: float = 7) -> Markup:
    """The mark of a stage: circle, triangle, square, diamond, star-like cross."""
    if stage == "silent":
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" class="silent"/>').format(x, y, size * 0.8)
    ways: dict[str, list[tuple[float, float]]] = {
        "started": [(0, -1), (0.9, 0.7), (-0.9, 0.7)],
        "advancing": [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],
        "ready": [(0, -1), (1, 0), (0, 1), (-1, 0)],
        "announced": [
            (0, -1.2),
            (0.35, -0.35),
            (1.2, 0),
            (0.35, 0.35),
            (0, 1.2),
            (-0.35, 0.35),
            (-1.2, 0),
            (-0.35, -0.35),
        ],
    }
    points = " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in ways[stage])
    return Markup('<polygon points="{}" class="{}"/>').format(points, stage)


def province(rows: Sequence[Row]) -> Markup:
    """Places with coordinates on a plain field, north up; each leads to its page."""
    placed = [
        (r, r.place.latitude, r.place.longitude)
        for r in rows
        if r.place.latitude is not None and r.place.longitude is not None
    ]
    if not placed:
        return Markup("")
    width, height = MAP
    lats, lons = [lat for _, lat, _ in placed], [lon for _, _, lon in placed]
    south, west = min(lats), min(lons)
    high, wide = max(max(lats) - south, 0.01), max(max(lons) - west, 0.01)
    scale = min((width - 40) / wide, (height - 40) / high)
    marks = Markup("").join(
        Markup('<a href="{}"><title>{} – {}</title>{}</a>').format(
            reverse("authority:place", kwargs={"place_id": r.place.pk}),
            r.place.name,
            r.stage_name,
            shape(
                r.standing.stage,
                20 + (lon - west) * scale,
                height - 20 - (lat - south) * scale,
            ),
        )
        for r, lat, lon in placed
    )
    return Markup('<svg class="province" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        width, height, f"{len(placed)} cơ sở", marks
    )


def legend() -> list[tuple[str, Markup]]:
    """(stage in words, its mark)."""
    return [
        (
            name,
            Markup('<svg class="province legend-mark" viewBox="0 0 20 20" aria-hidden="true">{}</svg>').format(
                shape(stage, 10, 10)
            ),
        )
        for stage, name in STAGES.items()
    ]


def trend(days: Sequence[DayTotal], today: date) -> Markup:
    """Stacked areas of the stages by day, up to the deadline, which stands as a line."""
    if len(days) < 2:
        return Markup("")
    width, height = TREND
    first, last = days[0].day, max(days[-1].day, DEADLINE)
    most = max(sum(getattr(d, s) for s in STACK) for d in days) or 1
    left, foot = 36, 22

    def x(day: date) -> float:
        return left + (day - first).days / max((last - first).days, 1) * (width - left - 10)

    def y(value: float) -> float:
        return height - foot - value / most * (height - foot - 14)

    areas = []
    below = [0] * len(days)
    for stage in STACK:
        above = [b + getattr(d, stage) for b, d in zip(below, days, strict=True)]
        upper = [f"{x(d.day):.1f},{y(v):.1f}" for d, v in zip(days, above, strict=True)]
        lower = [f"{x(d.day):.1f},{y(v):.1f}" for d, v in zip(days, below, strict=True)]
        points = " ".join([*upper, *reversed(lower)])
        areas.append(
            Markup('<polygon points="{}" class="{}"><title>{}</title></polygon>').format(points, stage, STAGES[stage])
        )
        below = above
    now = days[-1]
    said = f"{now.day:%d/%m/%Y}: " + ", ".join(f"{STAGES[s]} {getattr(now, s)}" for s in STACK)
    frame = Markup(
        '<line x1="{l}" y1="{b}" x2="{w}" y2="{b}" class="axis"/><text x="0" y="18">{most}</text><text x="0" y="{b}">0</text>'
        '<text x="{l}" y="{h}">{d0}</text><line x1="{dx:.1f}" y1="8" x2="{dx:.1f}" y2="{b}" class="due"/>'
        '<text x="{dx:.1f}" y="{h}" class="end due">{due}</text>'
    ).format(
        l=left,
        b=height - foot,
        w=width,
        h=height - 5,
        most=most,
        d0=f"{first:%d/%m}",
        dx=x(DEADLINE),
        due=f"hạn {DEADLINE:%d/%m/%Y}",
    )
    return Markup('<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
        width, height, said, Markup("").join(areas), frame
    )
