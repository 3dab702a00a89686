"""Registering: it works, the stranger is refused, hostile text is harmless, the log shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from benhan.audit.models import AuditEvent
from benhan.kernel.errors import Conflict, Invalid, Refused
from benhan.patients import queries, services
from benhan.patients.models import Patient
from benhan.patients.person import Person
from tests.people import Cast

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE patients_patient; --",
    "\x00\x07a\u202eb",
    "{{ 7*7 }}",
    "%s %d \\",
    "a" * 5000,
    "🩺" * 20,
]
TEXTS = (
    "full_name",
    "phone",
    "address_line",
    "province_code",
    "commune_code",
    "ethnicity",
    "occupation",
    "nationality",
    "workplace",
    "blood_group",
)


def actions_of(patient: Patient) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(patient_id=str(patient.pk)).order_by("pk").values_list("action", "outcome"))


def test_a_name_alone_is_enough(cast: Cast) -> None:
    patient = services.register(Person("  Lê   Thị Mới "), actor=cast.clerk)
    assert (patient.full_name, patient.name_folded) == ("Lê Thị Mới", "le thi moi")
    assert patient.patient_number != cast.patient.patient_number
    assert actions_of(patient) == [("patients.patient.register", "ok")]


@pytest.mark.parametrize("who", ["technician", "pharmacist", "planning", "archivist", "administrator"])
def test_who_may_not_register_is_refused_and_nothing_is_left(cast: Cast, who: str) -> None:
    before = Patient.objects.count()
    with pytest.raises(Refused):
        services.register(Person("Ai Đó"), actor=getattr(cast, who))
    assert Patient.objects.count() == before
    assert AuditEvent.objects.filter(action="patients.patient.register", outcome="refused").exists()


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_harmless_or_refused_in_words(cast: Cast, field: str, text: str) -> None:
    person = Person(**{"full_name": "Lê Thị Mới", field: text})
    try:
        patient = services.register(person, actor=cast.clerk)
    except Invalid as no:
        assert {e.path for e in no.errors} == {field}  # noqa: PT017 - either outcome is right, each with its own proof
        return
    fresh = Patient.objects.get(pk=patient.pk)
    assert getattr(fresh, field) == getattr(person.cleaned(), field)
    assert not any(c in getattr(fresh, field) for c in "\x00\x07\u202e")


@pytest.mark.parametrize(
    ("born", "precision"),
    [(None, "day"), (date(1990, 1, 1), "unknown"), (date(1990, 1, 1), "century"), (date(1800, 1, 1), "day")],
)
def test_a_birth_that_cannot_be_is_refused(cast: Cast, born: date | None, precision: str) -> None:
    with pytest.raises(Invalid) as no:
        services.register(Person("Lê Thị Mới", born, precision), actor=cast.clerk)
    assert no.value.errors[0].path == "birth_date"


def test_a_taken_number_gives_back_the_patient_number_and_leaves_no_gap(cast: Cast) -> None:
    with pytest.raises(Conflict):
        services.register(Person("Ai Đó"), actor=cast.clerk, citizen_id="000160000001")
    one = services.register(Person("Một"), actor=cast.clerk)
    assert int(one.patient_number[-6:]) == int(cast.other_patient.patient_number[-6:]) + 1


def test_why_a_warning_was_passed_over_is_kept(cast: Cast) -> None:
    patient = services.register(Person("Nguyễn Thị Đào"), actor=cast.clerk, not_a_duplicate="khác quê")
    change = queries.changes(patient)[0]
    assert (change.kind, change.reason, change.by_name) == ("register", "khác quê", cast.clerk.full_name)


def test_an_emergency_at_the_ward_needs_nothing(cast: Cast) -> None:
    patient = services.register_emergency(actor=cast.nurse, sex="3", description="")
    assert patient.identity_state == "unknown"
    assert patient.birth_precision == "unknown"
    assert queries.identifier_value(patient, "temporary").startswith("TAM-")


def test_an_emergency_patient_gets_a_name_later_and_nothing_is_lost(cast: Cast) -> None:
    patient = services.register_emergency(actor=cast.clerk, sex="1", description="áo xanh", birth_year=1980)
    services.update(
        patient,
        Person("Lê Văn Rõ", date(1981, 2, 3), "day", "1"),
        actor=cast.clerk,
        reason="người nhà đến",
        identity_state="known",
    )
    lines = {what: (before, after) for what, before, after in queries.change_lines(queries.changes(patient)[0])}
    assert lines["Ngày sinh"] == ("01/01/1980", "03/02/1981")
    assert lines["Nhân thân"] == ("Chưa rõ nhân thân", "Đã rõ")
    assert queries.identifier_value(patient, "temporary")


def test_a_newborn_of_a_merged_mother_is_registered_with_the_survivor(cast: Cast) -> None:
    services.merge(cast.other_patient, cast.patient, reason="một người", actor=cast.clerk)
    with pytest.raises(Conflict):
        services.register_newborn(cast.patient, actor=cast.clerk, born_on=date(2026, 11, 20), sex="1")


def test_the_birth_link_survives_a_new_number_of_the_child(cast: Cast) -> None:
    child = services.register_newborn(cast.patient, actor=cast.clerk, born_on=date(2026, 11, 20), sex="2")
    services.add_identifier(child, "citizen_id", "000326000003", actor=cast.clerk)
    assert Patient.objects.get(pk=child.pk).mother_id == cast.patient.pk
    assert queries.identifier_value(child, "temporary")


@pytest.mark.parametrize(
    ("more", "score", "reason"),
    [
        ({"citizen_id": "000160000001"}, 100, "Trùng số định danh cá nhân"),
        ({"birth_date": date(1960, 5, 2), "birth_precision": "day"}, 85, "Trùng họ tên (khác dấu) và ngày sinh"),
        (
            {"birth_date": date(1960, 2, 5), "birth_precision": "day"},
            60,
            "Trùng họ tên (khác dấu), ngày và tháng sinh đảo nhau",
        ),
        (
            {"birth_date": date(1960, 1, 1), "birth_precision": "year"},
            50,
            "Trùng họ tên (khác dấu), năm sinh và giới tính",
        ),
        ({"phone": "0900 000 001"}, 70, "Trùng họ tên và số điện thoại"),
        (
            {"full_name": "Khác", "phone": "0900000001", "birth_date": date(1960, 5, 2), "birth_precision": "day"},
            55,
            "Trùng số điện thoại và ngày sinh",
        ),
    ],
)
def test_likely_duplicates_say_why(cast: Cast, more: dict[str, Any], score: int, reason: str) -> None:
    typed = {
        "full_name": "Nguyen Thi Dao",
        "birth_date": None,
        "birth_precision": "unknown",
        "sex": "2",
        "phone": "",
        "citizen_id": "",
        **more,
    }
    candidates = queries.likely_duplicates(**typed)
    assert [(c.patient, c.score) for c in candidates] == [(cast.patient, score)]
    assert reason in candidates[0].reasons


def test_a_duplicate_of_a_merged_copy_points_to_the_survivor(cast: Cast) -> None:
    services.merge(cast.other_patient, cast.patient, reason="một người", actor=cast.clerk)
    candidates = queries.duplicates_of(
        Person("Nguyễn Thị Đào", date(1960, 5, 2), "day", "2"), citizen_id="000160000001"
    )
    assert [c.patient for c in candidates] == [cast.other_patient]


def test_looking_for_duplicates_costs_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(4):
        queries.duplicates_of(
            Person("Nguyễn Thị Đào", date(1960, 5, 2), "day", "2", "0900000001"),
            citizen_id="000160000001",
            insurance_card="0123456789",
        )
