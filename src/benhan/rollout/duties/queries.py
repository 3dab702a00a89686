"""Reads: the calendar as it concerns this facility, with what is seen done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from benhan.kernel import clock
from benhan.law.acts import acts
from benhan.law.rollout import Duty, duties
from benhan.rollout.duties.models import DutyDone
from benhan.rollout.readiness import queries as readiness
from benhan.rollout.survey.models import Answer

KINDS = {"law": "nghĩa vụ", "plan": "mục tiêu của kế hoạch", "guide": "hướng dẫn kỹ thuật"}
MONTHS = {"year": 12, "half_year": 6, "quarter": 3}
SOON_DAYS = 30
HOSPITALS = {"hospital"}


@dataclass(frozen=True)
class Entry:
    """One date of the calendar. `seen` done | open | unknown: by criteria or by a note, whichever there is."""

    duty: Duty
    due: date
    seen: str
    how: str

    @property
    def days_left(self) -> int:
        """Negative when it is over."""
        return (self.due - clock.today()).days

    @property
    def urgency(self) -> str:
        """done | late | soon | later."""
        if self.seen == "done":
            return "done"
        return "late" if self.days_left < 0 else "soon" if self.days_left <= SOON_DAYS else "later"

    @property
    def act(self) -> str:
        """The act, and whether it still holds today."""
        act = acts().get(self.duty.act)
        if act is None:
            return ""
        return act.short if act.in_force(clock.today()) else f"{act.short} (đã hết hiệu lực)"

    @property
    def kind_name(self) -> str:
        """Law, plan or guide, in words."""
        return KINDS[self.duty.kind]


def _given(question: str) -> str | None:
    row = Answer.objects.filter(pk=question).first()
    return str(row.value) if row else None


def concerns(duty: Duty, facility_kind: str | None, insured: str | None) -> bool:
    """Does it concern this facility? What the survey has not said yet stays in sight."""
    if duty.who == "hospital":
        return facility_kind in (None, *HOSPITALS)
    if duty.who == "other":
        return facility_kind not in HOSPITALS
    if duty.who == "insured":
        return insured != "no"
    return True


def occurrence(duty: Duty, today: date) -> date:
    """The date that counts now: of a returning duty the next one not yet over, by whole periods from the first."""
    if duty.every not in MONTHS:
        return duty.due
    due, periods = duty.due, 0
    while due < today:  # always from the first date: counted on from 30 June, a year would end on 30 December
        periods += 1
        due = _later(duty.due, periods * MONTHS[duty.every])
    return due


def _later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - date.resolution).day
    return date(year, month + 1, min(day.day, last))


def entries(*, everybody: bool = False) -> list[Entry]:
    """The calendar of this facility by date; with `everybody` also what concerns others."""
    kind, insured = _given("facility_kind"), _given("insured")
    noted: dict[tuple[str, date], DutyDone] = {(d.code, d.due): d for d in DutyDone.objects.order_by("pk")}
    last = readiness.latest()
    found = []
    for duty in duties():
        if not everybody and not concerns(duty, kind, insured):
            continue
        due = occurrence(duty, clock.today())
        note = noted.get((duty.code, due))
        if note is not None:
            said = f"{note.evidence} ({note.by_title} {note.by_name})"
            found.append(Entry(duty, due, "done", said))
            continue
        seen, how = _by_criteria(duty, last.found if last else {})
        found.append(Entry(duty, due, seen, how))
    return sorted(found, key=lambda e: (e.due, e.duty.code))


def _by_criteria(duty: Duty, found: dict[str, dict[str, object]]) -> tuple[str, str]:
    if not duty.criteria:
        return "unknown", "hệ thống không đo được; ghi khi đã làm"
    if any(code not in found for code in duty.criteria):
        return "unknown", "chưa chạy đánh giá mức sẵn sàng"
    open_ones = [str(found[code]["figure"]) for code in duty.criteria if not readiness.met(found[code])]
    return ("open", "; ".join(open_ones)) if open_ones else ("done", "theo lần đánh giá gần nhất")
