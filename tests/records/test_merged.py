"""Records of merged patients: chains, undone merges, no new record for a copy that is gone, the banner names who lives."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from benhan.audit import queries as audit
from benhan.kernel.errors import Conflict
from benhan.patients import merging, services
from benhan.patients import queries as patients
from benhan.patients.models import Merge, Patient
from benhan.patients.person import Person
from benhan.records import opening, queries
from benhan.records import permissions as facts
from benhan.records import services as writing
from benhan.records.models import MedicalRecord
from tests.people import Cast, note

pytestmark = pytest.mark.django_db


def again(patient: Patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


def chain(cast: Cast) -> tuple[list[Patient], list[MedicalRecord], list[Merge]]:
    """Three copies of one person, each with a record: the third merged into the second, the second into the first."""
    third = services.register(Person("Nguyễn Thị Đào Em"), actor=cast.clerk)
    people = [cast.patient, cast.other_patient, third]
    records = [cast.open(patient=p) for p in people]
    links = [
        services.merge(cast.other_patient, third, reason="một người", actor=cast.clerk),
        services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk),
    ]
    return [again(p) for p in people], records, links


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name])
    return client


def test_a_chain_of_merges_shows_all_records_whoever_is_asked_for(cast: Cast) -> None:
    people, records, _ = chain(cast)
    for person in people:
        assert {r.pk for r in queries.records_of(person)} == {r.pk for r in records}
        assert len(queries.encounters_of(person)) == 3
        assert set(merging.family_ids(person)) == {p.pk for p in people}
        assert "department" in facts.patient_facts(cast.nurse, person).relations


def test_an_undone_merge_parts_the_records_again_at_the_right_place(cast: Cast) -> None:
    (first, second, third), records, links = chain(cast)
    services.unmerge(links[1], reason="khác người", actor=cast.clerk)
    assert [r.pk for r in queries.records_of(again(first))] == [records[0].pk]
    assert {r.pk for r in queries.records_of(again(third))} == {records[1].pk, records[2].pk}
    services.unmerge(links[0], reason="khác người", actor=cast.clerk)
    assert [r.pk for r in queries.records_of(again(second))] == [records[1].pk]


def test_no_record_is_opened_for_a_copy_that_is_gone_and_the_message_names_who_lives(cast: Cast) -> None:
    stale = services.register(Person("Bản sao"), actor=cast.clerk)
    services.merge(cast.other_patient, stale, reason="một người", actor=cast.clerk)
    services.merge(cast.patient, cast.other_patient, reason="một người", actor=cast.clerk)
    for known in (stale, again(stale)):  # also when the page was loaded before the merge
        with pytest.raises(Conflict, match=rf"{cast.patient.full_name} \({cast.patient.patient_number}\)") as no:
            opening.open_record(
                known,
                record_type="outpatient",
                department=cast.departments["ward"],
                attending=None,
                actor=cast.clerk,
            )
        assert no.value.code == "merged_away"
    page = client_of(cast, "clerk").get(reverse("records:open", kwargs={"patient_id": stale.pk}))
    assert page.status_code == 409
    assert cast.patient.patient_number in page.content.decode()
    assert not MedicalRecord.objects.exists()


def test_the_banner_the_lists_and_new_papers_name_the_surviving_patient(cast: Cast) -> None:
    people, records, _ = chain(cast)
    record = queries.record(records[2].pk)
    assert record.person == people[0]
    page = client_of(cast, "doctor").get(reverse("records:record", kwargs={"record_id": record.pk})).content.decode()
    banner = page[page.index("patient-banner") : page.index("</section>")]
    assert people[0].patient_number in banner
    assert f"Hồ sơ mở với mã NB {people[2].patient_number}" in banner
    worklist = client_of(cast, "doctor").get(reverse("records:worklist")).content.decode()
    assert people[2].full_name not in worklist
    payload = json.loads(writing.write(record, "free_note", note(), actor=cast.doctor).payload)
    assert payload["patient"]["patient_number"] == people[0].patient_number
    assert queries.patient_names([people[2].pk]) == {people[2].pk: people[0]}


def test_a_ward_finds_the_survivor_by_the_name_of_any_copy(cast: Cast) -> None:
    record = cast.open_elsewhere()
    middle = services.register(Person("Lý Văn Giữa"), actor=cast.clerk)
    services.merge(middle, record.patient, reason="một người", actor=cast.clerk)
    services.merge(cast.patient, middle, reason="một người", actor=cast.clerk)
    for text in ("nguyen thi dao", "ly van giua", "tran van duc"):
        assert patients.search(cast.stranger, text) == [cast.patient]
    assert patients.search(cast.stranger, "le van khac") == []


def test_the_log_of_a_person_shows_what_was_seen_under_every_copy(cast: Cast) -> None:
    people, records, _ = chain(cast)
    client_of(cast, "doctor").get(reverse("records:record", kwargs={"record_id": records[2].pk}))
    page = client_of(cast, "planning").get(reverse("site:audit_patient", kwargs={"patient_id": people[0].pk}))
    assert page.status_code == 200
    assert "records.record.read" in page.content.decode()
    listed = audit.who_has_seen(merging.family_ids(people[0])).events
    assert any(e.action == "records.record.read" and e.record_id == str(records[2].pk) for e in listed)
    assert len({e.seq for e in listed}) == len(listed)
