"""How a criterion is judged: a measuring function per code, what it found, and the one table that holds them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from benhan.kernel import clock
from benhan.kernel.errors import SaysNo
from benhan.law.rollout import Criterion, criteria

log = logging.getLogger("benhan.readiness")
PASS, FAIL, STATEMENT = "pass", "fail", "statement"
RESULTS = {PASS: "Đạt", FAIL: "Chưa đạt", STATEMENT: "Cần người xác nhận"}
SAMPLE_SHOWN_MAX = 20


@dataclass(frozen=True)
class Finding:
    """What one look saw. `figure` is for people; `sample` names the records or things looked at that are not right (numbers of
    records, never names of patients)."""

    result: str
    figure: str
    sample: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the history."""
        return {"result": self.result, "figure": self.figure, "sample": list(self.sample[:SAMPLE_SHOWN_MAX])}


@dataclass(frozen=True)
class Look:
    """One look at the house: the moment it is taken and the criterion's own line (its aim)."""

    criterion: Criterion
    at: datetime

    @property
    def aim(self) -> int:
        """What the figure is compared with."""
        return self.criterion.aim

    def judged(self, good: bool, figure: str, sample: Iterable[object] = ()) -> Finding:
        """Pass or fail."""
        return Finding(PASS if good else FAIL, figure, tuple(str(s) for s in sample))

    def share(self, good: int, total: int, of_what: str, bad: Iterable[object] = ()) -> Finding:
        """`good` of `total`, compared with the aim in percent. Nothing to look at is no evidence, so it does not pass."""
        if total == 0:
            return Finding(FAIL, f"chưa có {of_what} nào để xem")
        percent = 100 * good / total
        figure = f"{good}/{total} {of_what} ({percent:.1f} %, cần {self.aim} %)".replace(".", ",")
        return self.judged(percent >= self.aim, figure, bad)

    def asks(self, figure: str) -> Finding:
        """Nobody but a person can say."""
        return Finding(STATEMENT, figure)


Measure = Callable[[Look], Finding]
_measures: dict[str, Measure] = {}


def measures(code: str) -> Callable[[Measure], Measure]:
    """Say which criterion a function measures. Exactly one function measures one criterion."""

    def keep(measure: Measure) -> Measure:
        if _measures.setdefault(code, measure) is not measure:
            raise RuntimeError(f"two functions measure {code}")
        return measure

    return keep


def measured() -> frozenset[str]:
    """The codes somebody measures."""
    return frozenset(_measures)


def look(code: str, *, at: datetime | None = None) -> Finding:
    """Judge one criterion now. What cannot be measured did not pass, and says why: a check that falls silent would lie."""
    criterion = criteria()[code]
    try:
        return _measures[code](Look(criterion, at or clock.now()))
    except (SaysNo, DatabaseError, OSError, ValueError, LookupError) as error:
        log.exception("criterion %s could not be measured", code)
        said = error.message if isinstance(error, SaysNo) else type(error).__name__
        return Finding(FAIL, f"không đo được: {said}")
