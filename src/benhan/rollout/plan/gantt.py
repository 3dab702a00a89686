"""The plan as a Gantt chart in SVG: bars on days, milestones as diamonds, today and the deadline as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from benhan.kernel import clock
from benhan.rollout.plan.queries import Row

ROW, HEAD, NAMES, WIDTH = 22, 34, 330, 1240
NAME_CHARACTERS = 46


def drawn(rows: Sequence[Row], due: date) -> Markup:
    """Every row of the plan; its words stand in the table beside it too."""
    if not rows:
        return Markup("")
    first = min(r.task.starts for r in rows) - timedelta(days=1)
    last = max([r.task.ends for r in rows] + [due]) + timedelta(days=3)
    day_width = (WIDTH - NAMES) / max((last - first).days, 1)
    height = HEAD + ROW * len(rows) + 6

    def x(day: date) -> float:
        return NAMES + (day - first).days * day_width

    pieces = [_weeks(first, last, day_width, height)]
    pieces += [_bar(r, HEAD + n * ROW, x(r.task.starts), x(r.task.ends) + day_width) for n, r in enumerate(rows)]
    for name, day, label in (("today", clock.today(), "hôm nay"), ("due", due, f"hạn {due:%d/%m/%Y}")):
        if first <= day <= last:
            pieces.append(
                Markup(
                    '<line x1="{0:.1f}" y1="{2}" x2="{0:.1f}" y2="{1}" class="{3}"/>'
                    '<text x="{0:.1f}" y="12" class="{3} mid">{4}</text>'
                ).format(x(day) + day_width / 2, height, 16, name, label)
            )
    body = Markup("").join(pieces)
    said = f"{len(rows)} việc, {first + timedelta(days=1):%d/%m/%Y} – {last - timedelta(days=3):%d/%m/%Y}"
    return Markup('<svg class="gantt" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, said, body
    )


def _weeks(first: date, last: date, day_width: float, height: int) -> Markup:
    monday = first + timedelta(days=-first.weekday() % 7)
    lines = []
    while monday <= last:
        place = NAMES + (monday - first).days * day_width
        lines.append(
            Markup(
                '<line x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}" class="week"/><text x="{3:.1f}" y="28">{4}</text>'
            ).format(place, HEAD - 4, height, place + 2, monday.strftime("%d/%m"))
        )
        monday += timedelta(days=7)
    return Markup("").join(lines)


def _bar(row: Row, y: int, x0: float, x1: float) -> Markup:
    task = row.task
    name = task.title if len(task.title) <= NAME_CHARACTERS else task.title[: NAME_CHARACTERS - 1] + "…"
    words = Markup('<text x="0" y="{}">{}</text>').format(y + 15, name)
    said = f"{task.title}: {task.starts:%d/%m} – {task.ends:%d/%m/%Y}"
    if task.is_milestone:
        middle, centre = (x0 + x1) / 2, y + 11
        points = (
            f"{middle:.1f},{centre - 7} {middle + 7:.1f},{centre} {middle:.1f},{centre + 7} {middle - 7:.1f},{centre}"
        )
        return words + Markup('<polygon points="{}" class="{}"><title>{}</title></polygon>').format(
            points, row.standing, said
        )
    return words + Markup(
        '<rect x="{:.1f}" y="{}" width="{:.1f}" height="14" rx="2" class="{}"><title>{}</title></rect>'
    ).format(x0, y + 4, max(x1 - x0, 3), row.standing, said)
