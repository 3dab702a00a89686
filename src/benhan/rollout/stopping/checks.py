"""Criteria of readiness that this room measures."""

from __future__ import annotations

from benhan.records.models import MedicalRecord
from benhan.rollout.readiness.judging import Finding, Look, measures
from benhan.rollout.stopping import queries

WEEKS_COMPARED = 4


@measures("departments_electronic")
def departments_electronic(look: Look) -> Finding:
    """Every clinical department decided to be electronic."""
    rows = queries.standings()
    behind = [f"{s.department.name}: {s.phase_name}" for s in rows if s.phase != "electronic"]
    return look.share(len(rows) - len(behind), len(rows), "khoa lâm sàng", behind)


@measures("paper_open")
def paper_open(look: Look) -> Finding:
    """In departments that are electronic no record lies open on paper."""
    done = [s.department.pk for s in queries.standings() if s.phase == "electronic"]
    rows = MedicalRecord.objects.filter(
        department__in=done, record_state__in=queries.OPEN_STATES, medium__in=("paper", "mixed")
    )
    if not done:
        return look.judged(False, "chưa có khoa nào ở giai đoạn điện tử")
    count = rows.count()
    return look.judged(
        count <= look.aim,
        f"{count} hồ sơ còn giấy ở {len(done)} khoa điện tử",
        rows.values_list("record_number", flat=True)[:20],
    )


@measures("print_falling")
def print_falling(look: Look) -> Finding:
    """Of the last four weeks fewer copies than of the four before (at most so many percent), or none at all."""
    weeks = [n for _, n in queries.prints_by_week(2 * WEEKS_COMPARED)]
    before, now = sum(weeks[:WEEKS_COMPARED]), sum(weeks[WEEKS_COMPARED:])
    good = now == 0 or (before > 0 and 100 * now <= look.aim * before)
    return look.judged(good, f"{now} bản in trong 4 tuần qua, {before} bản trong 4 tuần trước đó")
