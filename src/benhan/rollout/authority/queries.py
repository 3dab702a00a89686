"""Reads of the department: everything from projections, however many reports have come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.kernel.text import fold
from benhan.law.rollout import DEADLINE, points
from benhan.rollout.authority import stages
from benhan.rollout.authority.models import STAGES, DayTotal, Place, Refusal, Reminder, Report

SILENT_DAYS = 7
SORTS = {
    "name": ("place__name",),
    "points": ("points_met", "place__name"),
    "paper": ("records_paper", "place__name"),
    "received": ("received_at", "place__name"),
}
HISTORY_MAX = 120


@dataclass(frozen=True)
class Row:
    """A place on the board."""

    place: Place
    standing: Any
    results: list[tuple[str, str]]

    @property
    def days_silent(self) -> int | None:
        """Days without a report; None when there never was one."""
        at = self.standing.received_at
        return (clock.now() - at).days if at else None

    @property
    def is_silent(self) -> bool:
        """Is a reminder due?"""
        return self.days_silent is None or self.days_silent > SILENT_DAYS

    @property
    def stage_name(self) -> str:
        """Where it stands, in words."""
        return STAGES[self.standing.stage]


def place(place_id: UUID) -> Place:
    """A place; NotFound."""
    found = Place.objects.select_related("standing").filter(pk=place_id).first()
    if found is None:
        raise NotFound
    return found


def board(*, q: str = "", kind: str = "", stage: str = "", sort: str = "name") -> list[Row]:
    """All places, filtered and sorted. One query."""
    falling, key = sort.startswith("-"), sort.lstrip("-")
    order = [f"-{name}" if falling else name for name in SORTS.get(key, SORTS["name"])]
    rows = Place.objects.select_related("standing").order_by(
        *[o.replace("place__", "") if "place__" in o else _on(o) for o in order]
    )
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(standing__stage=stage) if stage else rows
    folded = fold(q)
    found = [_row(p) for p in rows]
    return [r for r in found if folded in fold(f"{r.place.code} {r.place.name} {r.place.commune}")] if folded else found


def _on(name: str) -> str:
    return f"-standing__{name[1:]}" if name.startswith("-") else f"standing__{name}"


def _row(p: Place) -> Row:
    results = p.standing.results
    return Row(p, p.standing, [(point.code, results.get(point.code, "")) for point in points()])


def totals(rows: list[Row]) -> dict[str, int]:
    """How many stand where."""
    counted = Counter(r.standing.stage for r in rows)
    return {stage: counted.get(stage, 0) for stage in STAGES}


def blocks(rows: list[Row], limit: int = 12) -> list[tuple[str, str, int]]:
    """(code, in words, how many places) of what blocks most."""
    counted = Counter(code for r in rows for code in r.standing.blocks)
    return [(code, stages.title(code), count) for code, count in counted.most_common(limit)]


def trend() -> list[DayTotal]:
    """One line a day."""
    return list(DayTotal.objects.order_by("day"))


def reports_of(one: Place) -> list[Report]:
    """The reports of a place, newest first."""
    return list(Report.objects.filter(place=one).order_by("-received_at")[:HISTORY_MAX])


def refusals(limit: int = 200) -> QuerySet[Refusal]:
    """What was not taken, newest first."""
    return Refusal.objects.all()[:limit]


def reminders_of(one: Place) -> list[Reminder]:
    """Reminders of a place."""
    return list(Reminder.objects.filter(place=one)[:50])


def waiting() -> list[Place]:
    """Places whose seal waits for an officer."""
    return list(Place.objects.exclude(offered_seal="").filter(seal=""))


@dataclass(frozen=True)
class Due:
    """A place to remind, why, and the text ready to send."""

    row: Row
    reason: str
    text: str
    last_reminded: Any


def due(rows: list[Row]) -> list[Due]:
    """Who should be reminded today: silent ones, those whose plan is late, those far from the nine points near the deadline."""
    last: dict[Any, Any] = {}
    for place_id, at in Reminder.objects.order_by("made_at").values_list("place_id", "made_at"):
        last[place_id] = at
    left = (DEADLINE - clock.today()).days
    found = []
    for row in rows:
        if row.standing.stage == "announced":
            continue
        reason = (
            "silent"
            if row.is_silent
            else "late"
            if row.standing.plan_late
            else "far"
            if row.standing.points_met < 9 and left <= 30
            else ""
        )
        if reason:
            found.append(Due(row, reason, reminder_text(row, reason, left), last.get(row.place.pk)))
    return found


def reminder_text(row: Row, reason: str, left: int) -> str:
    """The words of a reminder."""
    said = {
        "silent": "chưa gửi báo cáo tiến độ hồ sơ bệnh án điện tử"
        + (f" trong {row.days_silent} ngày qua" if row.days_silent is not None else " lần nào"),
        "late": f"có {row.standing.plan_late} việc của kế hoạch đã quá hạn",
        "far": f"mới đạt {row.standing.points_met}/9 điểm của Thông tư 13/2025/TT-BYT",
    }[reason]
    blocking = "; ".join(stages.title(code) for code in row.standing.blocks[:5])
    rest = f" Vướng mắc đang ghi nhận: {blocking}." if blocking and reason != "silent" else ""
    until = (
        f"Còn {left} ngày đến hạn {DEADLINE:%d/%m/%Y}."
        if left >= 0
        else f"Đã quá hạn {DEADLINE:%d/%m/%Y} {-left} ngày."
    )
    return f"Kính gửi {row.place.name}: cơ sở {said}. {until}{rest} Đề nghị báo cáo và nêu rõ nội dung cần Sở hỗ trợ."


def by_kind(rows: list[Row]) -> list[tuple[str, int, int, int]]:
    """(kind, places, with nine points, silent)."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.place.get_kind_display(), []).append(row)
    return [
        (kind, len(some), sum(r.standing.points_met == 9 for r in some), sum(r.is_silent for r in some))
        for kind, some in sorted(found.items())
    ]
