"""What a new paper is filled with beforehand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from benhan.kernel import clock
from benhan.records.known import known_facts
from tests.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(("now", "day_no"), [(at(21, 23), 1), (at(22, 7), 2), (at(22, 22), 2), (at(24, 0), 4)])
def test_days_of_treatment_are_days_of_the_calendar(cast: Cast, now: datetime, day_no: int) -> None:
    record = cast.open("inpatient_medicine", started_at=at(21, 21))
    with clock.held_at(now):
        assert known_facts(record)["computed"]["day_no"] == day_no
