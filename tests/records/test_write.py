"""Writing, amending, cancelling: the record is the truth and nothing in it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from benhan.audit.models import AuditEvent
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused
from benhan.patients import services as patients
from benhan.patients.services import Person
from benhan.records import queries, services
from benhan.records.models import Document, DocumentVersion
from tests.people import Cast, note, vitals

pytestmark = pytest.mark.django_db


def test_a_written_document_has_author_title_and_server_time(cast: Cast) -> None:
    record = cast.open()
    before = clock.now()
    version = services.write(record, "vital_signs_chart", vitals(), actor=cast.nurse)
    assert (version.author_name, version.author_title) == ("Lê Thị Chi", "ĐDCK.")
    assert before <= version.recorded_at <= clock.now()
    assert (
        AuditEvent.objects.filter(action="records.document.write", outcome="ok", record_id=str(record.pk)).count() == 1
    )


def test_the_same_client_key_writes_once(cast: Cast) -> None:
    record = cast.open()
    first = services.write(record, "free_note", note(), actor=cast.doctor, client_key="k1")
    again = services.write(record, "free_note", note(), actor=cast.doctor, client_key="k1")
    assert first.pk == again.pk
    assert Document.objects.filter(record=record).count() == 1


def test_a_stranger_from_another_department_does_not_even_see_the_record(cast: Cast) -> None:
    record = cast.open()
    with pytest.raises(NotFound):
        services.write(record, "free_note", note(), actor=cast.stranger)
    assert AuditEvent.objects.filter(action="records.document.write", outcome="refused").count() == 1


def test_a_nurse_does_not_write_the_doctors_sheet(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.write(cast.open(), "treatment_sheet", {"entry": {"progress": "x"}}, actor=cast.nurse)


def test_wrong_content_is_told_with_its_place_and_stores_nothing(cast: Cast) -> None:
    record = cast.open()
    with pytest.raises(Invalid) as no:
        services.write(record, "vital_signs_chart", vitals(pulse=900, other="x"), actor=cast.nurse)
    assert {e.path for e in no.value.errors} == {"reading.pulse", "reading.other"}
    assert not Document.objects.filter(record=record).exists()


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(days=-40_000)])
def test_a_clinical_time_in_the_future_or_before_birth_is_refused(cast: Cast, wrong: timedelta) -> None:
    with pytest.raises(Invalid):
        services.write(cast.open(), "free_note", note(), actor=cast.doctor, clinical_at=clock.now() + wrong)


def test_amending_makes_a_new_version_and_keeps_the_old_one(cast: Cast) -> None:
    first = services.write(cast.open(), "free_note", note("Đau bụng phải"), actor=cast.doctor)
    second = services.amend(
        first.document, note("Đau bụng trái"), reason="Ghi nhầm bên", actor=cast.doctor, base_version_no=1
    )
    assert (second.version_no, second.previous_hash) == (2, first.payload_hash)
    assert services.content_of(DocumentVersion.objects.get(pk=first.pk))["note"]["text"] == "Đau bụng phải"


def test_amending_needs_a_reason_and_the_newest_version(cast: Cast) -> None:
    first = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    with pytest.raises(Invalid):
        services.amend(first.document, note("x"), reason=" ", actor=cast.doctor, base_version_no=1)
    services.amend(first.document, note("y"), reason="sai", actor=cast.doctor, base_version_no=1)
    with pytest.raises(Conflict):
        services.amend(first.document, note("z"), reason="sai", actor=cast.doctor, base_version_no=1)


def test_a_cancelled_document_stays_readable_and_can_be_restored(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    services.cancel(version.document, reason="Nhầm người bệnh", actor=cast.doctor)
    document = queries.document(version.document_id)
    assert document.document_state == "cancelled"
    assert services.content_of(version)["note"]["subject"] == "Theo dõi"
    with pytest.raises(Conflict):
        services.cancel(document, reason="nữa", actor=cast.doctor)
    services.restore(document, reason="Đúng người", actor=cast.head)
    assert [m.kind for m in queries.marks(document)] == ["cancelled", "restored"]


def test_the_database_refuses_to_change_or_delete_a_version(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    for statement in ("UPDATE records_documentversion SET payload = '{}'", "DELETE FROM records_documentversion"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert DocumentVersion.objects.get(pk=version.pk).payload_hash == version.payload_hash


def test_a_form_that_exists_once_is_not_written_twice(cast: Cast) -> None:
    from tests.stories import written

    record = cast.open()
    written(cast, record)
    with pytest.raises(Conflict):
        written(cast, record)


def test_numbers_have_no_gaps_and_no_doubles(cast: Cast) -> None:
    numbers = [cast.open().record_number for _ in range(5)]
    assert [int(n.split(".")[1]) for n in numbers] == [1, 2, 3, 4, 5]


def test_writing_costs_the_same_number_of_queries_in_a_long_record(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    record = cast.open()
    for _ in range(12):
        services.write(record, "vital_signs_chart", vitals(), actor=cast.nurse)
    with django_assert_max_num_queries(42):  # type: ignore[operator]  # a context manager factory of pytest-django
        services.write(record, "vital_signs_chart", vitals(), actor=cast.nurse)


def test_a_draft_is_no_part_of_the_record_and_is_used_up_by_saving(cast: Cast) -> None:
    record = cast.open()
    draft = services.save_draft(record, "free_note", note(), actor=cast.doctor, client_key="abc")
    assert not Document.objects.filter(record=record).exists()
    with pytest.raises(Refused):
        services.update_draft(draft, note("khác"), actor=cast.head)
    services.write(record, "free_note", note(), actor=cast.doctor, client_key="abc", draft=draft)
    assert queries.drafts_of(cast.doctor) == []


def test_a_child_born_at_two_in_the_morning_is_written_about_at_three(cast: Cast) -> None:
    """In UTC it is still the day before: the day that counts is the facility's."""
    three = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # 24/11/2026 03:00 in Việt Nam
    with clock.held_at(three):
        child = patients.register(
            Person("Con Bà Đào", date(2026, 11, 24), "day", "1"), actor=cast.clerk, citizen_id="000226000099"
        )
        record = cast.open(patient=child)
        written = services.write(record, "vital_signs_chart", vitals(), actor=cast.nurse, clinical_at=three)
        with pytest.raises(Invalid):
            services.write(
                record, "vital_signs_chart", vitals(), actor=cast.nurse, clinical_at=three - timedelta(hours=4)
            )
    assert written.clinical_at == three
