"""Reads: the last look, the history, and what the nine points and the functions of CV 365 come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from benhan.kernel import clock
from benhan.kernel.errors import NotFound
from benhan.law.rollout import Criterion, Function, Point, criteria, functions, points
from benhan.rollout.readiness.judging import FAIL, PASS, RESULTS, STATEMENT, look
from benhan.rollout.readiness.models import ReadinessRun, Statement

HISTORY_MAX = 120


@dataclass(frozen=True)
class Line:
    """One criterion of one look, ready to show."""

    criterion: Criterion
    told: dict[str, Any]

    @property
    def met(self) -> bool:
        """Passed, or stated to be so."""
        return met(self.told)

    @property
    def result(self) -> str:
        """pass | fail | statement | stated."""
        return "stated" if self.told["result"] == STATEMENT and self.met else str(self.told["result"])

    @property
    def result_name(self) -> str:
        """The result in words."""
        return "Đã xác nhận" if self.result == "stated" else RESULTS[self.result]


@dataclass(frozen=True)
class Summary:
    """What a point or a function comes to: every criterion of it met, one failed, or one still to be stated."""

    subject: Point | Function
    lines: tuple[Line, ...]

    @property
    def result(self) -> str:
        """pass | fail | statement; nothing measured is no evidence."""
        if not self.lines or any(line.result == FAIL for line in self.lines):
            return FAIL
        return PASS if all(line.met for line in self.lines) else STATEMENT

    @property
    def result_name(self) -> str:
        """The result in words."""
        return RESULTS[self.result]

    @property
    def met(self) -> int:
        """How many criteria are met."""
        return sum(line.met for line in self.lines)


def met(told: dict[str, Any]) -> bool:
    """Does a finding count as met?"""
    return bool(told["result"] == PASS or told.get("statement", {}).get("holds"))


def run(run_id: UUID) -> ReadinessRun:
    """One look; NotFound."""
    found = ReadinessRun.objects.filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def latest() -> ReadinessRun | None:
    """The last finished look."""
    return ReadinessRun.objects.filter(finished_at__isnull=False).first()


def unfinished() -> ReadinessRun | None:
    """A look that was begun and left, newest first."""
    return ReadinessRun.objects.filter(finished_at__isnull=True).first()


def history(limit: int = HISTORY_MAX) -> list[ReadinessRun]:
    """Finished looks, oldest first, for the curve."""
    rows = ReadinessRun.objects.filter(finished_at__isnull=False).defer("findings")[:limit]
    return list(rows)[::-1]


def lines(of: ReadinessRun) -> list[Line]:
    """Every criterion of a look that we still know, in the order of the law's file."""
    found = of.found
    return [Line(criterion, found[code]) for code, criterion in criteria().items() if code in found]


def by_point(of: ReadinessRun) -> list[Summary]:
    """The nine points."""
    seen = lines(of)
    return [Summary(p, tuple(line for line in seen if p.code in line.criterion.points)) for p in points()]


def by_function(of: ReadinessRun) -> list[Summary]:
    """The functions of CV 365."""
    seen = lines(of)
    return [Summary(f, tuple(line for line in seen if f.code in line.criterion.functions)) for f in functions()]


def statement_in_force(code: str, on: date | None = None) -> Statement | None:
    """The newest statement about a criterion, when it still counts."""
    newest = Statement.objects.filter(code=code).order_by("-made_at", "-pk").first()
    return newest if newest is not None and newest.valid_to >= (on or clock.today()) else None


def statements(code: str) -> list[Statement]:
    """All statements about a criterion, newest first."""
    return list(Statement.objects.filter(code=code).order_by("-made_at", "-pk"))


def takes_statement(code: str) -> bool:
    """Does the criterion need a person now?"""
    return look(code).result == STATEMENT


def result_of(code: str) -> str | None:
    """What the last look said about one criterion (met counts as pass); None when it was never looked at."""
    last = latest()
    told = last.found.get(code) if last else None
    return None if told is None else PASS if met(told) else str(told["result"])
