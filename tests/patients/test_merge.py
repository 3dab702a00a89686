"""Merging and unmerging: whatever is written between the two, each row is afterwards where it belongs."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from benhan.audit.models import AuditEvent
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.patients import queries, services
from benhan.patients.models import Identifier, Merge, Patient, PatientChange, Representative
from benhan.patients.person import Person
from tests.people import Cast

pytestmark = pytest.mark.django_db


def picture(patient: Patient) -> dict[str, Any]:
    """Everything that stands for a person on its own row."""
    return {
        "row": Patient.objects.filter(pk=patient.pk).values().get(),
        "identifiers": list(Identifier.objects.filter(patient=patient).order_by("pk").values()),
        "representatives": list(Representative.objects.filter(patient=patient).order_by("pk").values()),
    }


def write_something(cast: Cast, patient: Patient, deal: random.Random) -> None:
    number = deal.randrange(10**6)
    verbs: list[Callable[[], object]] = [
        lambda: services.add_identifier(patient, "insurance_card", f"{number:010d}", actor=cast.clerk),
        lambda: services.add_identifier(patient, "citizen_id", f"000099{number:06d}", actor=cast.clerk),
        lambda: services.add_representative(patient, actor=cast.clerk, full_name=f"Người {number}", relation="Con"),
        lambda: services.update(patient, Person(f"Tên {number}"), actor=cast.clerk),
        lambda: cast.open(patient=Patient.objects.get(pk=patient.pk)),
    ]
    deal.choice(verbs)()


@pytest.mark.parametrize("seed", range(8))
def test_unmerge_undoes_merge_whatever_was_written_in_between(cast: Cast, seed: int) -> None:
    deal = random.Random(seed)
    survivor, secondary = cast.patient, cast.other_patient
    for _ in range(3):
        write_something(cast, deal.choice([survivor, secondary]), deal)
    retired = picture(secondary)
    link = services.merge(survivor, secondary, reason="một người", actor=cast.clerk)
    for _ in range(5):
        write_something(cast, survivor, deal)
    written = picture(survivor)
    services.unmerge(link, reason="khác người", actor=cast.planning)
    assert picture(secondary) == retired
    assert picture(survivor) == written
    kinds = list(
        PatientChange.objects.filter(patient=secondary, kind__in=["merge", "unmerge"])
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == ["merge", "unmerge"]


def test_merging_again_after_undoing_is_a_new_link_and_both_stay_readable(cast: Cast) -> None:
    first = services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    services.unmerge(first, reason="khác người", actor=cast.clerk)
    services.merge(cast.other_patient, cast.patient, reason="lại một người", actor=cast.clerk)
    assert Merge.objects.count() == 2
    assert len(queries.merges(cast.patient)) == 2


def test_the_log_shows_merge_and_unmerge_for_both_people_once(cast: Cast) -> None:
    link = services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    services.unmerge(link, reason="khác người", actor=cast.clerk)
    events = AuditEvent.objects.filter(object_type="merge", object_id=str(link.pk), outcome="ok").order_by("pk")
    assert list(events.values_list("action", flat=True)) == ["patients.patient.merge", "patients.patient.unmerge"]


def test_a_merged_person_is_not_merged_again_in_either_direction(cast: Cast) -> None:
    third = services.register(Person("Người Thứ Ba"), actor=cast.clerk)
    services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    for one, other in ((cast.other_patient, third), (third, cast.other_patient), (cast.other_patient, cast.patient)):
        with pytest.raises(Conflict):
            services.merge(one, other, reason="x", actor=cast.clerk)


@pytest.mark.parametrize("reason", ["", "  ", "\u200e\u202e"])
def test_a_reason_is_needed_for_both(cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid):
        services.merge(cast.patient, cast.other_patient, reason=reason, actor=cast.clerk)
    link = services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    with pytest.raises(Invalid):
        services.unmerge(link, reason=reason, actor=cast.clerk)


def test_a_ward_may_neither_merge_nor_unmerge(cast: Cast) -> None:
    cast.open()
    with pytest.raises(Refused):
        services.merge(cast.patient, cast.other_patient, reason="x", actor=cast.doctor)
    link = services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    with pytest.raises(NotFound):
        services.unmerge(link, reason="x", actor=cast.stranger)
    assert AuditEvent.objects.filter(action="patients.patient.merge", outcome="refused").count() == 2


def test_the_ward_that_knew_the_second_copy_knows_the_survivor(cast: Cast) -> None:
    cast.open_elsewhere()
    services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    assert queries.search(cast.stranger, "tran van duc") == [cast.patient]
