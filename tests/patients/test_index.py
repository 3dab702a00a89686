"""Finding, registering, identifying, merging."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.patients import citizen_card, merging, queries, services
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import queries as records
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "Nguyễn Thị Đào",
        "nguyen thi dao",
        "dao",
        "ĐÀO",
        "dao nguyen",
        "thi dao 1960",
        "02/05/1960 dao",
        "0900000001",
        "000001",
        "000160000001",
        unicodedata.normalize("NFD", "Nguyễn Thị Đào"),
        "ngu thi",
        "BN26",
    ],
)
def test_a_patient_is_found_however_one_types(cast: Cast, typed: str) -> None:
    assert cast.patient in queries.search(cast.clerk, typed)


@pytest.mark.parametrize("typed", ["", " ", "dao 1961", "khong co ai", "%", "_", '" OR 1=1', "*", "a" * 500])
def test_what_is_not_there_is_not_found_and_nothing_breaks(cast: Cast, typed: str) -> None:
    assert cast.patient not in queries.search(cast.clerk, typed)


def test_a_ward_finds_only_its_own_patients(cast: Cast) -> None:
    cast.open()
    cast.open_elsewhere()
    assert queries.search(cast.doctor, "nguyen") == [cast.patient]
    assert queries.search(cast.doctor, "tran van duc") == []
    assert queries.search(cast.stranger, "tran") == [cast.other_patient]


def test_an_active_citizen_id_belongs_to_one_person_only(cast: Cast) -> None:
    with pytest.raises(Conflict):
        services.register(Person("Ai Đó"), actor=cast.clerk, citizen_id="000160000001")


def test_an_emergency_patient_needs_no_identity_and_its_code_looks_like_no_citizen_id(cast: Cast) -> None:
    patient = services.register_emergency(actor=cast.clerk, sex="1", description="áo xanh")
    code = queries.identifier_value(patient, "temporary")
    assert not code.isdigit()
    assert patient.identity_state == "unknown"


def test_a_newborn_is_linked_to_its_mother(cast: Cast) -> None:
    child = services.register_newborn(cast.patient, actor=cast.clerk, born_on=date(2026, 11, 20), sex="1")
    assert child.mother == cast.patient
    assert queries.representatives(child)[0].relation == "Mẹ"


@pytest.mark.parametrize(
    ("person", "path"),
    [
        (Person(""), "full_name"),
        (Person("A", date(2090, 1, 1), "day"), "birth_date"),
        (Person("A", phone="12x"), "phone"),
        (Person("A", sex="9"), "sex"),
    ],
)
def test_faults_name_the_field(cast: Cast, person: Person, path: str) -> None:
    with pytest.raises(Invalid) as no:
        services.register(person, actor=cast.clerk)
    assert [e.path for e in no.value.errors] == [path]


def test_likely_duplicates_are_found_by_name_birth_phone_and_number(cast: Cast) -> None:
    def found(**more: object) -> list[int]:
        base = {
            "full_name": "NGUYEN THI DAO",
            "birth_date": None,
            "birth_precision": "unknown",
            "sex": "2",
            "phone": "",
            "citizen_id": "",
        }
        return [c.score for c in queries.likely_duplicates(**{**base, **more}) if c.patient == cast.patient]  # type: ignore[arg-type]

    assert found(birth_date=date(1960, 5, 2), birth_precision="day") == [85]
    assert found(birth_date=date(1960, 2, 5), birth_precision="day") == [60]
    assert found(phone="0900000001") == [70]
    assert found(full_name="Người Khác", citizen_id="000160000001") == [100]
    assert found() == []


def test_merge_then_unmerge_gives_back_what_was_with_writes_in_between(cast: Cast) -> None:
    mine = cast.open()
    theirs = cast.open_elsewhere()
    link = services.merge(cast.patient, cast.other_patient, reason="Cùng một người", actor=cast.clerk)
    assert {r.pk for r in records.records_of(Patient.objects.get(pk=cast.patient.pk))} == {mine.pk, theirs.pk}
    between = cast.open(patient=Patient.objects.get(pk=cast.patient.pk))
    services.unmerge(link, reason="Hóa ra khác người", actor=cast.clerk)
    assert {r.pk for r in records.records_of(Patient.objects.get(pk=cast.patient.pk))} == {mine.pk, between.pk}
    assert {r.pk for r in records.records_of(Patient.objects.get(pk=cast.other_patient.pk))} == {theirs.pk}
    with pytest.raises(Conflict):
        services.unmerge(link, reason="lần hai", actor=cast.clerk)


def test_a_person_is_not_merged_with_itself_nor_by_a_stranger(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.merge(cast.patient, cast.patient, reason="x", actor=cast.clerk)
    with pytest.raises(NotFound):
        services.merge(cast.patient, cast.other_patient, reason="x", actor=cast.stranger)


def test_every_model_with_a_key_to_a_patient_declares_its_merge_rule() -> None:
    from django.apps import apps

    keyed = {
        f"{m._meta.app_label}.{m.__name__}"
        for m in apps.get_models()
        for f in m._meta.get_fields()
        if f.is_relation and f.concrete and f.related_model is Patient
    }
    assert keyed <= set(merging.declared()), keyed - set(merging.declared())


def test_an_update_keeps_what_was_before(cast: Cast) -> None:
    services.update(
        cast.patient,
        Person("Nguyễn Thị Đào Em", date(1960, 5, 2), "day", "2", "0900000001"),
        actor=cast.clerk,
        reason="sai tên",
    )
    change = queries.changes(cast.patient)[0]
    assert (change.before["full_name"], change.after["full_name"]) == ("Nguyễn Thị Đào", "Nguyễn Thị Đào Em")
    assert queries.search(cast.clerk, "dao em") == [cast.patient]


CARD = "001090000001||NGUYEN VAN THU|01011990|Nam|Số 1, Phố Thử, Xã Thử, Tỉnh Thử|02012022"


def test_the_qr_of_an_identity_card_is_read(db: None) -> None:
    card = citizen_card.parse(CARD + "\r\n")
    assert (card.number, card.full_name, card.birth_date, card.sex) == (
        "001090000001",
        "NGUYEN VAN THU",
        date(1990, 1, 1),
        "1",
    )


@pytest.mark.parametrize(
    "text", ["", "abc", "123|x|y", CARD.replace("001090000001", "12"), CARD.replace("NGUYEN VAN THU", "")]
)
def test_a_wrong_card_is_told(db: None, text: str) -> None:
    with pytest.raises(Invalid):
        citizen_card.parse(text)
