"""Taking over whole episodes as imported records: marked with their source, never signed, never mixed with our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from benhan.access.actors import Actor
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.facility.models import Department
from benhan.forms.validate import clean
from benhan.kernel import clock, news
from benhan.kernel.errors import Refused
from benhan.law import registry
from benhan.patients.models import Patient
from benhan.records import facts, queries
from benhan.records.lifecycle import CLOSED, SEALED
from benhan.records.models import Document, DocumentVersion, Encounter, MedicalRecord, RecordEvent, Volume
from benhan.records.opening import locked
from benhan.records.payload import Origin, compose

AUTHOR_TITLE = "Hệ thống nguồn"
BATCH_ROWS = 200


@dataclass(frozen=True)
class Arrived:
    """One episode to take over."""

    patient: Patient
    kind: str
    department_code: str
    started_at: datetime
    ended_at: datetime | None
    reason: str
    discharge_result: str
    discharge_type: str
    link_code: str
    content: dict[str, Any]
    source_file: str
    source_sha256: str


@dataclass(frozen=True)
class TakenOver:
    """Where an episode now stands."""

    record_id: UUID
    document_id: UUID
    version_id: UUID
    patient_id: UUID


def import_batch(arrived: Sequence[Arrived], *, system: str, form_code: str, facility_code: str) -> list[TakenOver]:
    """Create records and documents for new episodes, all in bulk. Must run inside a unit of work."""
    now, place = clock.now(), facility.facility()
    form = registry.form(form_code, clock.today())
    kind = registry.record_types()["imported"]
    departments = {d.code: d for d in Department.objects.all()}
    author = _author(facility_code)
    first = numbers.next_number(
        f"record:{kind['number_pattern']}", numbers.period_of(kind["number_pattern"], clock.today()), count=len(arrived)
    )
    encounters, records, volumes, documents, versions, events = [], [], [], [], [], []
    for offset, a in enumerate(arrived):
        department = departments.get(a.department_code)
        encounter = _encounter(a, department, system, now)
        number = numbers.format_number(
            kind["number_pattern"], first + offset, on=clock.today(), facility_code=place.code
        )
        record = _record(a, encounter, department, number, now)
        volume = Volume(record=record, no=1, opened_at=now)
        at = a.ended_at or a.started_at
        document = Document(
            record=record,
            volume=volume,
            patient=a.patient,
            order_no=1,
            form_code=form.code,
            title=form.name_vi,
            department=department,
            author_name=author.full_name,
            author_title=author.job_title,
            clinical_at=at,
            recorded_at=now,
            signature_state="none",
            source=system,
        )
        text, digest = compose(
            document=document,
            record=record,
            form=form,
            content=clean(form, a.content),
            facility=place,
            author=author,
            entered_by="",
            clinical_at=at,
            recorded_at=now,
            version_no=1,
            reason="",
            previous_hash="",
            origin=Origin(system, a.source_file, a.source_sha256),
        )
        versions.append(_version(document, form, text, digest, "", 1, "", author, a, at, now))
        encounters.append(encounter)
        records.append(record)
        volumes.append(volume)
        documents.append(document)
        events.append(_arrival_event(a, record, author, now))
    Encounter.objects.bulk_create(encounters, batch_size=BATCH_ROWS)
    MedicalRecord.objects.bulk_create(records, batch_size=BATCH_ROWS)
    Volume.objects.bulk_create(volumes, batch_size=BATCH_ROWS)
    Document.objects.bulk_create(documents, batch_size=BATCH_ROWS)
    DocumentVersion.objects.bulk_create(versions, batch_size=BATCH_ROWS)
    RecordEvent.objects.bulk_create(events, batch_size=BATCH_ROWS)
    taken = [TakenOver(d.record_id, d.pk, v.pk, d.patient_id) for d, v in zip(documents, versions, strict=True)]
    news.announce(facts.DocumentsImported(tuple(t.document_id for t in taken)))
    return taken


def _encounter(a: Arrived, department: Department | None, system: str, now: datetime) -> Encounter:
    return Encounter(
        patient=a.patient,
        kind=a.kind,
        department=department,
        reason=a.reason,
        started_at=a.started_at,
        ended_at=a.ended_at,
        discharge_result=a.discharge_result,
        discharge_type=a.discharge_type,
        source=system,
        link_code=a.link_code,
        recorded_at=now,
    )


def _record(
    a: Arrived, encounter: Encounter, department: Department | None, number: str, now: datetime
) -> MedicalRecord:
    return MedicalRecord(
        encounter=encounter,
        patient=a.patient,
        record_type="imported",
        record_number=number,
        medium="imported",
        record_state=CLOSED,
        department=department,
        opened_at=a.started_at,
        discharged_at=a.ended_at,
        closed_at=now,
        document_count=1,
    )


def _arrival_event(a: Arrived, record: MedicalRecord, author: Actor, now: datetime) -> RecordEvent:
    return RecordEvent(
        record=record,
        event="import",
        to_state=CLOSED,
        by_name=author.full_name,
        by_title=author.job_title,
        reason=a.source_file,
        clinical_at=a.started_at,
        recorded_at=now,
    )


def import_again(document_id: UUID, a: Arrived, *, system: str, facility_code: str) -> TakenOver:
    """The source changed an episode: a new version over the old one; refused when the record is sealed by now."""
    document = queries.document(document_id)
    record = locked(document.record)
    if record.record_state == SEALED:
        raise Refused("Hồ sơ nhập đã niêm phong; dữ liệu mới phải vào bằng phần bổ sung", code="record_sealed")
    previous = queries.current_version(document)
    form = registry.form_version(previous.form_code, previous.form_valid_from)
    now, author, at = clock.now(), _author(facility_code), a.ended_at or a.started_at
    reason = f"Nhập lại từ tệp {a.source_file}"
    document.version_no, document.clinical_at, document.recorded_at = previous.version_no + 1, at, now
    text, digest = compose(
        document=document,
        record=record,
        form=form,
        content=clean(form, a.content),
        facility=facility.facility(),
        author=author,
        entered_by="",
        clinical_at=at,
        recorded_at=now,
        version_no=document.version_no,
        reason=reason,
        previous_hash=previous.payload_hash,
        origin=Origin(system, a.source_file, a.source_sha256),
    )
    document.save(update_fields=["version_no", "clinical_at", "recorded_at"])
    version = _version(
        document, form, text, digest, previous.payload_hash, document.version_no, reason, author, a, at, now
    )
    version.save()
    news.announce(facts.DocumentWritten(document.pk, version.pk, record.pk, record.patient_id))
    return TakenOver(record.pk, document.pk, version.pk, record.patient_id)


def _author(facility_code: str) -> Actor:
    return Actor(None, "system:import", f"Cơ sở {facility_code}", job_title=AUTHOR_TITLE, kind="system")


def _version(
    document: Document,
    form: Any,
    text: str,
    digest: str,
    previous: str,
    number: int,
    reason: str,
    author: Actor,
    a: Arrived,
    at: datetime,
    now: datetime,
) -> DocumentVersion:
    return DocumentVersion(
        document=document,
        version_no=number,
        form_code=form.code,
        form_valid_from=form.valid_from,
        form_hash=form.form_hash,
        payload=text,
        payload_hash=digest,
        previous_hash=previous,
        author_name=author.full_name,
        author_title=author.job_title,
        reason=reason,
        clinical_at=at,
        recorded_at=now,
        source_file=a.source_file[-255:],
        source_sha256=a.source_sha256,
    )
