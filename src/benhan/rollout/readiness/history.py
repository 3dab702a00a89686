"""The curve of readiness over time as SVG: how many criteria were met, by look."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from benhan.kernel import clock
from benhan.law.rollout import criteria
from benhan.rollout.readiness.models import ReadinessRun

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 150, 34, 22


def drawn(runs: Sequence[ReadinessRun]) -> Markup:
    """Nothing for fewer than two looks: one point is no curve."""
    if len(runs) < 2:
        return Markup("")
    first, last = runs[0].begun_at.timestamp(), runs[-1].begun_at.timestamp()
    total, span = len(criteria()), max(last - first, 1.0)

    def place(run: ReadinessRun) -> tuple[float, float]:
        x = LEFT + (run.begun_at.timestamp() - first) / span * (WIDTH - LEFT - 8)
        return x, HEIGHT - BOTTOM - (run.passed + run.stated) / total * (HEIGHT - BOTTOM - 8)

    spots = [place(run) for run in runs]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dots = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3"><title>{}: {}/{}</title></circle>').format(
            x, y, clock.day_of(run.begun_at).strftime("%d/%m/%Y"), run.passed + run.stated, total
        )
        for run, (x, y) in zip(runs, spots, strict=True)
    )
    days = [clock.day_of(run.begun_at).strftime("%d/%m") for run in (runs[0], runs[-1])]
    return Markup(
        '<svg class="curve" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        '<line x1="{l}" y1="{b}" x2="{w}" y2="{b}" class="axis"/><line x1="{l}" y1="8" x2="{w}" y2="8" class="aim"/>'
        '<text x="0" y="12">{total}</text><text x="0" y="{b}">0</text>'
        '<polyline points="{line}"/>{dots}<text x="{l}" y="{h}">{d0}</text><text x="{w}" y="{h}" class="end">{d1}</text></svg>'
    ).format(
        w=WIDTH,
        h=HEIGHT,
        l=LEFT,
        b=HEIGHT - BOTTOM,
        total=total,
        line=line,
        dots=dots,
        d0=days[0],
        d1=days[1],
        label=f"{runs[0].passed + runs[0].stated} → {runs[-1].passed + runs[-1].stated} / {total}",
    )
