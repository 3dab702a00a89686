"""Identifiers are a dated list (R-103): added, closed, cancelled, never lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from benhan.audit.models import AuditEvent
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.patients import queries, services
from benhan.patients.models import Identifier, PatientChange
from tests.people import Cast

pytestmark = pytest.mark.django_db


def states(cast: Cast) -> list[tuple[str, str]]:
    return [(i.value, i.identifier_state) for i in queries.identifiers(cast.patient)]


def test_a_new_citizen_number_closes_the_old_one_which_stays(cast: Cast) -> None:
    services.add_identifier(cast.patient, "citizen_id", "000 160 000 009", actor=cast.clerk)
    assert states(cast) == [("000 160 000 009", "active"), ("000160000001", "closed")]
    assert queries.search(cast.clerk, "000160000001") == [cast.patient]
    assert (
        AuditEvent.objects.filter(object_type="identifier", outcome="ok", patient_id=str(cast.patient.pk)).count() == 1
    )


def test_several_cards_stay_active_beside_each_other(cast: Cast) -> None:
    services.add_identifier(cast.patient, "insurance_card", "DN4000123456789", actor=cast.clerk)
    services.add_identifier(cast.patient, "insurance_card", "HN4000123456789", actor=cast.clerk)
    assert {s for _, s in states(cast)} == {"active"}


def test_a_cancelled_number_may_be_given_to_somebody_else(cast: Cast) -> None:
    mine = queries.identifiers(cast.patient)[0]
    services.cancel_identifier(mine, actor=cast.clerk, reason="nhập nhầm người")
    services.add_identifier(cast.other_patient, "citizen_id", "000160000001", actor=cast.clerk)
    assert states(cast) == [("000160000001", "cancelled")]


def test_the_same_active_number_is_refused_by_the_database_itself(cast: Cast) -> None:
    mine = queries.identifiers(cast.patient)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        Identifier.objects.create(
            patient=cast.other_patient,
            system="citizen_id",
            value=mine.value,
            normalised=mine.normalised,
            recorded_at=clock.now(),
        )


def test_a_failed_new_number_leaves_the_old_one_active(cast: Cast) -> None:
    with pytest.raises(Conflict):
        services.add_identifier(cast.patient, "citizen_id", "000171000002", actor=cast.clerk)
    assert states(cast) == [("000160000001", "active")]


def test_closing_notes_until_when(cast: Cast) -> None:
    card = services.add_identifier(
        cast.patient, "insurance_card", "0123456789", actor=cast.clerk, valid_from=date(2026, 1, 1)
    )
    with pytest.raises(Invalid):
        services.close_identifier(card, actor=cast.clerk, valid_to=date(2025, 12, 31))
    closed = services.close_identifier(card, actor=cast.clerk, valid_to=date(2026, 6, 30))
    assert (closed.identifier_state, closed.valid_to) == ("closed", date(2026, 6, 30))


def test_an_ended_number_is_not_ended_again(cast: Cast) -> None:
    mine = queries.identifiers(cast.patient)[0]
    services.cancel_identifier(mine, actor=cast.clerk, reason="nhầm")
    with pytest.raises(Conflict):
        services.close_identifier(mine, actor=cast.clerk, valid_to=date(2026, 6, 30))
    with pytest.raises(Conflict):
        services.cancel_identifier(mine, actor=cast.clerk, reason="lại")


@pytest.mark.parametrize(
    ("system", "value"),
    [("citizen_id", "12"), ("citizen_id", "\u0660" * 12), ("nothing", "1"), ("passport", " "), ("passport", "x" * 61)],
)
def test_a_wrong_identifier_is_told(cast: Cast, system: str, value: str) -> None:
    with pytest.raises(Invalid):
        services.add_identifier(cast.patient, system, value, actor=cast.clerk)


@pytest.mark.parametrize(("who", "error"), [("stranger", NotFound), ("planning", Refused)])
def test_who_may_not_change_a_patient_is_refused_and_the_log_knows(
    cast: Cast, who: str, error: type[Exception]
) -> None:
    mine = queries.identifiers(cast.patient)[0]
    for verb in (
        lambda: services.add_identifier(cast.patient, "passport", "C0000001", actor=getattr(cast, who)),
        lambda: services.cancel_identifier(mine, actor=getattr(cast, who), reason="x"),
        lambda: services.close_identifier(mine, actor=getattr(cast, who), valid_to=date(2026, 6, 30)),
        lambda: services.add_representative(cast.patient, actor=getattr(cast, who), full_name="A", relation="Con"),
    ):
        with pytest.raises(error):
            verb()
    assert (
        AuditEvent.objects.filter(
            action="patients.patient.update", outcome="refused", patient_id=str(cast.patient.pk)
        ).count()
        == 4
    )
    assert states(cast) == [("000160000001", "active")]


def test_a_merged_person_is_written_only_through_the_survivor(cast: Cast) -> None:
    services.merge(cast.other_patient, cast.patient, reason="một người", actor=cast.clerk)
    for verb in (
        lambda: services.add_identifier(cast.patient, "passport", "C0000001", actor=cast.clerk),
        lambda: services.add_representative(cast.patient, actor=cast.clerk, full_name="A", relation="Con"),
        lambda: services.update(cast.patient, services.Person("Tên Khác"), actor=cast.clerk),
    ):
        with pytest.raises(Conflict):
            verb()


def test_the_history_of_changes_refuses_change_and_deletion(cast: Cast) -> None:
    services.update(cast.patient, services.Person("Tên Khác"), actor=cast.clerk)
    with pytest.raises(DatabaseError), transaction.atomic():
        PatientChange.objects.update(reason="khác")
    with pytest.raises(DatabaseError), transaction.atomic():
        PatientChange.objects.all().delete()
