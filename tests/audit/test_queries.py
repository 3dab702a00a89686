"""Queries of the log: what they show, in what order, at what cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest

from benhan.audit import queries, services
from benhan.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)
Counting = Callable[[int], AbstractContextManager[object]]
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def log(doctor: services.Who) -> None:
    """120 events of the doctor about two patients, one an hour, and a refusal of the house."""
    with services.acting_as(doctor), services.unit_of_work():
        for number in range(120):
            with clock.held_at(START + timedelta(hours=number)):
                services.record("patients.patient.read", patient_id=f"p{number % 2}", record_id="r1", reason="<b>")
    services.record("jobs.run", outcome="refused")


def walk(query: Callable[..., queries.LogPage], *arguments: object, sort: str) -> Iterator[int]:
    key = None
    while True:
        page = query(*arguments, key=key, sort=sort)
        assert len(page.events) <= queries.PAGE_ROWS
        yield from (event.seq for event in page.events)
        key = page.next_key
        if key is None:
            return


@pytest.mark.parametrize("sort", queries.SORTS)
def test_paging_by_key_shows_every_event_once(log: None, doctor: services.Who, sort: str) -> None:
    expected = list(range(1, 121))
    ordered = expected if sort == "oldest" else expected[::-1]
    assert list(walk(queries.seen_by, doctor.account_id, sort=sort)) == ordered
    assert list(walk(queries.of_record, "r1", sort=sort)) == ordered
    assert list(walk(queries.who_has_seen, ["p1"], sort=sort)) == [seq for seq in ordered if seq % 2 == 0]


def test_filters_narrow_the_log(log: None) -> None:
    refused = queries.events(queries.Filters(outcome="refused"))
    assert [event.action for event in refused.events] == ["jobs.run"]
    day = queries.Filters(
        action="patients.patient.read", from_at=START + timedelta(hours=10), to_at=START + timedelta(hours=13)
    )
    assert [event.seq for event in queries.events(day, sort="oldest").events] == [11, 12, 13]
    assert queries.recent().events[0].action == "jobs.run"
    with pytest.raises(KeyError):
        queries.events(queries.Filters(), sort="reason; DROP TABLE")


def test_a_page_costs_a_fixed_number_of_queries(log: None, django_assert_max_num_queries: Counting) -> None:
    with django_assert_max_num_queries(2):
        queries.who_has_seen(["p1"])
    with django_assert_max_num_queries(3):
        queries.events(queries.Filters(from_at=START, to_at=START + timedelta(days=1)))


def test_a_reading_left_half_way_never_waits_for_itself(log: None) -> None:
    """On PostgreSQL a half-read server-side cursor is closed by the garbage collector while another question is asked."""
    from django.db import connection

    from benhan.audit.models import AuditEvent

    half = AuditEvent.objects.order_by("seq").iterator(chunk_size=2)
    assert next(half).seq == 1
    if connection.vendor == "postgresql":
        assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is True
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone()[0] == 0
