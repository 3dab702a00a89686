"""Closing and sealing: what is missing is told, what is sealed takes no write, a late result goes over the old seal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from benhan.archive import packages
from benhan.kernel.errors import Invalid, NotFound, Refused, SaysNo
from benhan.proof.package import verify_package
from benhan.records import closing, lifecycle, queries, services
from benhan.records.models import MedicalRecord, Seal
from benhan.signing import certificates
from tests.people import Cast, note
from tests.stories import closed, sealed, sign_all, written

pytestmark = pytest.mark.django_db


def test_every_pair_of_state_and_event_is_in_the_table_or_refused() -> None:
    for state in lifecycle.RECORD_STATES:
        for event in lifecycle.EVENTS:
            if (state, event) in lifecycle.TRANSITIONS:
                assert lifecycle.next_state(state, event) in lifecycle.RECORD_STATES
            else:
                with pytest.raises(Refused):
                    lifecycle.next_state(state, event)


def test_an_incomplete_record_is_not_closed_and_says_what_is_missing(cast: Cast) -> None:
    record = cast.open()
    services.write(record, "free_note", note(), actor=cast.doctor)
    closing.discharge(record, actor=cast.doctor, result="1", discharge_type="1")
    with pytest.raises(Invalid) as no:
        closing.close(queries.record(record.pk), actor=cast.doctor)
    assert {e.code for e in no.value.errors} == {"missing", "unsigned"}
    assert queries.record(record.pk).record_state == "discharged"


def test_a_drafts_owner_is_asked_before_closing(cast: Cast) -> None:
    record = cast.open()
    written(cast, record)
    sign_all(cast, "doctor", "director")
    services.save_draft(record, "free_note", note(), actor=cast.head, client_key="d")
    closing.discharge(queries.record(record.pk), actor=cast.doctor, result="1", discharge_type="1")
    with pytest.raises(Invalid) as no:
        closing.close(queries.record(record.pk), actor=cast.doctor)
    assert {e.code for e in no.value.errors} == {"draft"}


def test_only_the_planning_office_seals(cast: Cast) -> None:
    record = closed(cast)
    for who in ("doctor", "nurse", "clerk", "administrator", "archivist"):
        with pytest.raises((Refused, NotFound)):
            closing.seal(record, actor=cast.actors[who])
    assert not Seal.objects.exists()


def test_a_sealed_record_refuses_every_verb(cast: Cast) -> None:
    record = sealed(cast)
    document = record.documents.get()
    attempts = (
        lambda: services.write(record, "free_note", note(), actor=cast.doctor),
        lambda: services.amend(document, note(), reason="x", actor=cast.doctor, base_version_no=1),
        lambda: services.cancel(document, reason="x", actor=cast.doctor),
        lambda: closing.discharge(record, actor=cast.doctor, result="1", discharge_type="1"),
        lambda: closing.close(record, actor=cast.doctor),
        lambda: closing.reopen(record, actor=cast.planning, reason="x"),
        lambda: closing.seal(record, actor=cast.planning),
    )
    for attempt in attempts:
        with pytest.raises(SaysNo):
            attempt()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_document SET title = 'x'",
        "DELETE FROM records_document",
        "UPDATE records_medicalrecord SET record_state = 'open'",
        "DELETE FROM records_medicalrecord",
        "UPDATE records_volume SET no = 9",
        "UPDATE signing_signature SET signer_name = 'x'",
        "UPDATE records_encounter SET reason = 'x'",
        "DELETE FROM records_seal",
        "UPDATE records_seal SET manifest = '{}'",
        "INSERT INTO records_recordevent (event, from_state, to_state, by_name, by_title, reason, "
        "clinical_at, recorded_at, record_id) "
        "SELECT 'x', '', 'open', 'x', '', '', opened_at, opened_at, id FROM records_medicalrecord",
    ],
)
def test_the_database_itself_refuses_a_write_to_a_sealed_record(cast: Cast, statement: str) -> None:
    sealed(cast)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_sealed_record_takes_no_new_document_by_raw_sql(cast: Cast) -> None:
    record = sealed(cast)
    document = record.documents.get()
    document.pk, document.order_no = None, 2
    from benhan.kernel.identifiers import new_id

    document.id = new_id()
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        document.save(force_insert=True)


def test_a_late_result_goes_in_as_a_supplement_with_a_seal_over_the_old_one(cast: Cast) -> None:
    record = sealed(cast)
    first = Seal.objects.get()
    closing.supplement(record, actor=cast.doctor, reason="Kết quả giải phẫu bệnh về muộn")
    record = queries.record(record.pk)
    with pytest.raises(Refused):
        services.amend(record.documents.get(), note(), reason="x", actor=cast.doctor, base_version_no=1)
    services.write(record, "free_note", note("Kết quả: lành tính"), actor=cast.doctor)
    with pytest.raises(Refused):
        closing.seal(queries.record(record.pk), actor=cast.planning)
    sign_all(cast, "doctor")
    second = closing.seal(queries.record(record.pk), actor=cast.planning)
    assert second.previous_hash == first.manifest_hash
    assert queries.record(record.pk).record_state == "sealed"


def test_the_package_of_a_sealed_record_proves_itself(cast: Cast, tmp_path: Path) -> None:
    record = sealed(cast)
    folder = packages.export(record, tmp_path / "out", actor=cast.planning)
    verdict = verify_package(folder, anchors=certificates.anchors())
    assert verdict.holds, verdict.as_text()
    assert (folder / "index.html").exists()
    pdf = next(folder.rglob("documents/*.pdf"))
    data = bytearray(pdf.read_bytes())
    data[len(data) // 2] ^= 1
    pdf.write_bytes(bytes(data))
    assert verify_package(folder, anchors=certificates.anchors()).is_invalid


def test_a_record_that_was_never_sealed_has_no_package(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(SaysNo):
        packages.export(cast.open(), tmp_path, actor=cast.planning)


def test_the_manifest_lists_every_version_of_every_document_in_order(cast: Cast) -> None:
    record = cast.open()
    written(cast, record)
    extra = services.write(record, "free_note", note("một"), actor=cast.doctor)
    services.amend(extra.document, note("hai"), reason="sai", actor=cast.doctor, base_version_no=1)
    services.cancel(
        services.write(record, "free_note", note("nhầm"), actor=cast.doctor).document, reason="nhầm", actor=cast.doctor
    )
    sign_all(cast, "doctor", "director")
    closing.discharge(queries.record(record.pk), actor=cast.doctor, result="1", discharge_type="1")
    closing.close(queries.record(record.pk), actor=cast.doctor)
    manifest = json.loads(closing.seal(queries.record(record.pk), actor=cast.planning).manifest)
    listed = [(d["form"]["code"], d["version_no"], d["document_state"]) for d in manifest["documents"]]
    assert listed == [
        ("outpatient_general", 1, "active"),
        ("free_note", 1, "superseded"),
        ("free_note", 2, "active"),
        ("free_note", 1, "cancelled"),
    ]


def test_sealing_fails_whole_when_the_record_changes_meanwhile(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record = closed(cast)
    real = closing.sign_pdf

    def meddle(*args: object, **kwargs: object) -> bytes:
        MedicalRecord.objects.filter(pk=record.pk).update(medium="mixed")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(closing, "sign_pdf", meddle)
    with pytest.raises(SaysNo):
        closing.seal(record, actor=cast.planning)
    assert not Seal.objects.exists()
    assert queries.record(record.pk).record_state == "closed"
