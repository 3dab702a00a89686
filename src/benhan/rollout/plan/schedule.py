"""Laying tasks on working days: plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from benhan.kernel.errors import Refused

# Days off that fall on the same date each year (Labour Code 2019 Art. 112); Tết and Hùng Kings' day move with the moon.
FIXED_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}


@dataclass(frozen=True)
class Job:
    """What is laid: `fixed` start stays where it is; `done` is over and moves no more."""

    key: str
    days: int
    after: tuple[str, ...] = ()
    starts: date | None = None
    fixed: bool = False
    done: bool = False


def is_working_day(day: date) -> bool:
    """Monday to Friday, not a fixed holiday."""
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


def working_day(day: date) -> date:
    """The day itself, or the next working one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def end_of(start: date, days: int) -> date:
    """The last of so many working days from `start` on."""
    day = working_day(start)
    for _ in range(max(days, 1) - 1):
        day = working_day(day + timedelta(days=1))
    return day


def in_order(jobs: Iterable[Job]) -> list[Job]:
    """Predecessors first. Refused when they go round in a circle; a predecessor that is not there is no obstacle."""
    by_key = {job.key: job for job in jobs}
    state: dict[str, int] = {}
    ordered: list[Job] = []

    def visit(key: str, way: tuple[str, ...]) -> None:
        if state.get(key) == 2:
            return
        if key in way:
            raise Refused(
                "Các việc chờ nhau thành vòng: " + " → ".join([*way[way.index(key) :], key]), code="plan_cycle"
            )
        for before in by_key[key].after:
            if before in by_key:
                visit(before, (*way, key))
        state[key] = 2
        ordered.append(by_key[key])

    for key in by_key:
        visit(key, ())
    return ordered


def lay(jobs: Sequence[Job], start: date) -> dict[str, tuple[date, date]]:
    """First and last day of each job: as early as its predecessors allow, never before `start`; what is done or fixed stays."""
    placed: dict[str, tuple[date, date]] = {}
    for job in in_order(jobs):
        earliest = working_day(start)
        for before in job.after:
            if before in placed:
                earliest = max(earliest, working_day(placed[before][1] + timedelta(days=1)))
        if job.starts is not None and (job.done or job.fixed):
            earliest = job.starts if job.done else max(job.starts, earliest)
        placed[job.key] = (earliest, end_of(earliest, job.days))
    return placed


def fit(jobs: Sequence[Job], start: date, due: date) -> tuple[dict[str, tuple[date, date]], Mapping[str, int]]:
    """Lay the jobs; when they end after the deadline, shorten the long ones evenly, as far as one day each. Returns places
    and the days used. It may still end too late: then the plan says so, it hides nothing."""
    days = {job.key: job.days for job in jobs}
    placed = lay(jobs, start)
    for percent in (85, 70, 55, 40, 25, 0):
        if max((end for _, end in placed.values()), default=start) <= due:
            break
        days = {job.key: job.days if job.done else max(1, job.days * percent // 100) for job in jobs}
        placed = lay([replace(job, days=days[job.key]) for job in jobs], start)
    return placed, days
