# ruff: noqa: PT012 - the block under test is the unit of work itself
"""`record`, `collect`, `unit_of_work`: what is remembered, when, and what is refused."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # the oracle has no stubs

from benhan.audit import services, verify
from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead
from benhan.kernel.errors import Refused
from benhan.kernel.merkle import Frontier

pytestmark = pytest.mark.django_db(transaction=True)


def actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("seq").values_list("action", "outcome"))


def test_an_event_says_who_what_whom_and_when(doctor: services.Who) -> None:
    with services.acting_as(doctor):
        services.record(
            "records.record.read",
            patient_id="p1",
            record_id="r1",
            object_type="record",
            object_id="r1",
            object_version=3,
            reason="hội chẩn",
            detail={"pages": 2},
        )
    event = AuditEvent.objects.get()
    assert (event.seq, event.account_name, event.person_name, event.roles) == (
        1,
        "bs.lan",
        "BS. Trần Thị Lan",
        "doctor",
    )
    assert (event.source_ip, event.source_port, event.device, event.session) == ("10.0.0.7", 50123, "Firefox", "ab12")
    assert (event.patient_id, event.record_id, event.object_version, event.reason) == ("p1", "r1", "3", "hội chẩn")
    assert event.detail == '{"pages":2}'
    assert event.event_id.version == 7
    assert event.at.tzinfo is not None


def test_outside_of_everything_the_house_itself_acts() -> None:
    services.record("jobs.run")
    assert AuditEvent.objects.get().account_kind == "system"


def test_a_list_names_everybody_it_showed_even_when_long() -> None:
    services.record("patients.search", patient_id="a", also_patients=["b", "a", "c", None])
    assert sorted(AuditEventSubject.objects.values_list("patient_id", flat=True)) == ["a", "b", "c"]
    services.record("patients.export", also_patients=[f"p{n}" for n in range(1200)])
    assert AuditEvent.objects.filter(action="patients.export").count() == 3
    assert AuditEventSubject.objects.count() == 1203
    assert verify.verify().holds


@pytest.mark.parametrize(
    "detail",
    [{"note": "x" * 201}, {"note": "đau\nbụng"}, {"note": ["a"]}, {"note": 1.5}, {"ghi chú": "a"}, {"n": 2**60}],
)
def test_clinical_text_does_not_fit_into_detail(detail: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        services.record("x.y", detail=detail)
    assert not AuditEvent.objects.exists()


def test_a_strange_browser_cannot_stop_the_log() -> None:
    with services.acting_as(services.Who(device="Mozilla\n\x00" * 100, account_name="n" * 300, source_ip="::" * 60)):
        services.record("x.y", object_id="'" * 500, reason="đ" * 900)
    event = AuditEvent.objects.get()
    assert len(event.device) == 120
    assert "\n" not in event.device
    assert event.reason.endswith("…")
    assert verify.verify().holds


def test_a_unit_of_work_commits_data_and_events_together_in_order() -> None:
    with services.unit_of_work():
        services.record("first")
        with services.unit_of_work():
            services.record("second")
        services.record("third")
        assert not AuditEvent.objects.exists()
    assert actions() == [("first", "ok"), ("second", "ok"), ("third", "ok")]


def test_a_failing_unit_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError), services.unit_of_work():
        services.record("first")
        AuditHead.objects.create(pk=7)
        raise ZeroDivisionError
    assert actions() == []
    assert not AuditHead.objects.filter(pk=7).exists()


def test_a_refusal_is_logged_after_the_rollback_under_the_name_of_the_unit() -> None:
    with pytest.raises(Refused), services.unit_of_work("records.record.close"):
        services.record("first")
        raise Refused("không được", code="sealed")
    assert actions() == [("records.record.close", "refused")]
    assert AuditEvent.objects.get().reason == "sealed"


def test_a_refusal_that_was_recorded_is_logged_once() -> None:
    with pytest.raises(Refused), services.unit_of_work("outer"), services.unit_of_work("inner"):
        services.record("gate", outcome="refused", reason="role")
        raise Refused("không được")
    assert actions() == [("gate", "refused")]


def test_a_recorded_refusal_survives_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), services.unit_of_work():
        services.record("gate", outcome="refused")
        services.record("written")
        raise ZeroDivisionError
    assert actions() == [("gate", "refused")]


def test_a_nested_block_that_fails_takes_its_data_and_events_with_it() -> None:
    with services.unit_of_work():
        services.record("before")
        with pytest.raises(Refused), services.unit_of_work():
            AuditHead.objects.create(pk=7)
            services.record("lost")
            services.record("denied", outcome="refused")
            raise Refused("không được")
        services.record("after")
    assert actions() == [("before", "ok"), ("denied", "refused"), ("after", "ok")]
    assert not AuditHead.objects.filter(pk=7).exists()


def test_what_happens_after_the_commit_is_not_lost() -> None:
    with services.unit_of_work():
        transaction.on_commit(lambda: services.record("after_commit"))
        services.record("inside")
    assert actions() == [("inside", "ok"), ("after_commit", "ok")]


def test_a_unit_inside_a_bare_transaction_fails_loudly() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), services.unit_of_work():
        pass


def test_a_page_appends_once() -> None:
    with services.collect():
        services.record("read.one")
        services.record("read.two")
        assert not AuditEvent.objects.exists()
        with services.unit_of_work():
            services.record("write")
        assert actions() == [("read.one", "ok"), ("read.two", "ok"), ("write", "ok")]
        services.record("read.three")
    assert [name for name, _ in actions()] == ["read.one", "read.two", "write", "read.three"]


def test_a_refused_unit_of_a_page_keeps_what_was_read_before() -> None:
    with pytest.raises(Refused), services.collect():
        services.record("read.one")
        with services.unit_of_work("close"):
            raise Refused("không được")
    assert actions() == [("read.one", "ok"), ("close", "refused")]


def test_an_append_costs_a_fixed_number_of_queries(django_assert_max_num_queries: object) -> None:
    services.record("warm")
    with django_assert_max_num_queries(6), services.collect():  # type: ignore[operator]  # a pytest-django callable
        for number in range(40):
            services.record("read", patient_id=f"p{number}")


def test_threads_have_their_own_units() -> None:
    def other() -> None:
        services.record("other")
        connection.close()

    if connection.vendor == "sqlite":
        pytest.skip("the in-memory test database has one writer")
    with services.unit_of_work():
        services.record("mine")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert actions() == [("other", "ok"), ("mine", "ok")]


def test_the_frontier_is_the_tree_of_pymerkle() -> None:
    for count in (1, 2, 5, 9):
        with services.unit_of_work():
            for _ in range(count):
                services.record("x")
    tree = InmemoryTree(algorithm="sha256")
    for digest in AuditEvent.objects.order_by("seq").values_list("hash", flat=True):
        tree.append_entry(bytes.fromhex(digest))
    head = AuditHead.objects.get()
    assert Frontier.from_hex(head.size, head.frontier).root() == tree.get_root()
