"""Reads of the record. Lists never load bodies; pages are bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from benhan.access.actors import Actor
from benhan.kernel import clock
from benhan.kernel.blobs import BlobStore
from benhan.kernel.errors import NotFound
from benhan.patients.merging import family_ids, survivors
from benhan.patients.models import Patient
from benhan.patients.search import begins_with
from benhan.records.models import (
    MEDIA,
    Document,
    DocumentMark,
    DocumentVersion,
    Draft,
    Encounter,
    MedicalRecord,
    RecordEvent,
    Seal,
    Volume,
)
from benhan.records.permissions import visible_records

PAGE_ROWS = 100
WORKED_ON = tuple(m for m in MEDIA if m != "imported")  # those taken over as they are: nobody's work to seal
SEES_ALL_RECORDS = frozenset({"planning", "archivist", "system"})


def files() -> BlobStore:
    """The store of signed files, under the data directory."""
    return BlobStore(settings.BENHAN_HOME / "blobs")


def _records() -> QuerySet[MedicalRecord]:
    return MedicalRecord.objects.select_related(
        "patient", "patient__merged_into", "encounter", "department", "attending"
    )


def record(record_id: UUID) -> MedicalRecord:
    """One record."""
    found = _records().filter(pk=record_id).first()
    if found is None:
        raise NotFound("Không tìm thấy hồ sơ")
    return found


def record_by_number(number: str) -> MedicalRecord:
    """One record by its record, admission or archive number."""
    for field in ("record_number", "admission_number", "archive_number"):
        found = _records().filter(**{field: number}).first()
        if found:
            return found
    raise NotFound(f"Không có hồ sơ số {number}")


def patient_ids_by_number(beginning: str, limit: int) -> list[UUID]:
    """Patients whose record, admission or archive number begins so, for the search of the front desk."""
    found: list[UUID] = []
    for field in ("record_number", "admission_number", "archive_number"):
        if len(found) < limit:
            rows = MedicalRecord.objects.filter(begins_with(field, beginning))
            found += rows.values_list("patient_id", flat=True)[: limit - len(found)]
    return found


def document(document_id: UUID) -> Document:
    """One document with its record and patient."""
    found = (
        Document.objects.select_related(
            "record__patient",
            "record__patient__merged_into",
            "record__encounter",
            "record__department",
            "record__attending",
            "author",
            "volume",
            "replies_to",
        )
        .filter(pk=document_id)
        .first()
    )
    if found is None:
        raise NotFound("Không tìm thấy giấy tờ")
    return found


def draft(draft_id: UUID) -> Draft:
    """One draft."""
    found = (
        Draft.objects.select_related(
            "record__patient__merged_into",
            "record__encounter",
            "record__department",
            "record__attending",
            "document",
            "replies_to",
        )
        .filter(pk=draft_id)
        .first()
    )
    if found is None:
        raise NotFound("Không tìm thấy bản nháp")
    return found


def current_version(doc: Document) -> DocumentVersion:
    """The newest version of a document."""
    return DocumentVersion.objects.get(document=doc, version_no=doc.version_no)


def version(document_id: UUID, version_no: int) -> DocumentVersion:
    """One version by number."""
    found = (
        DocumentVersion.objects.select_related(
            "document__record__patient__merged_into",
            "document__record__encounter",
            "document__record__department",
            "document__record__attending",
        )
        .filter(document_id=document_id, version_no=version_no)
        .first()
    )
    if found is None:
        raise NotFound("Không có phiên bản này")
    return found


def versions(doc: Document) -> list[DocumentVersion]:
    """All versions, newest first, without bodies."""
    return list(DocumentVersion.objects.filter(document=doc).defer("payload").order_by("-version_no"))


def marks(doc: Document) -> list[DocumentMark]:
    """Cancellations and restorations, in order."""
    return list(DocumentMark.objects.filter(document=doc).order_by("pk"))


@dataclass(frozen=True)
class DocumentPage:
    """One page of a record's documents, and how many there are."""

    rows: list[Document]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class DocumentFilter:
    """What of a record is listed: one form, only what waits for signatures, newest or oldest first."""

    form_code: str = ""
    unsigned: bool = False
    newest_first: bool = False


def documents(of: MedicalRecord, *, page: int = 1, only: DocumentFilter = DocumentFilter()) -> DocumentPage:
    """The documents of a record in clinical order, a hundred a page."""
    rows = Document.objects.filter(record=of)
    if only.form_code:
        rows = rows.filter(form_code=only.form_code)
    if only.unsigned:
        rows = rows.filter(document_state="active", source="", signature_state__in=("unsigned", "partly"))
    total = rows.count() if only.form_code or only.unsigned else of.document_count
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(1, page), pages)
    start = (page - 1) * PAGE_ROWS
    order = ("-clinical_at", "-order_no") if only.newest_first else ("clinical_at", "order_no")
    return DocumentPage(list(rows.order_by(*order)[start : start + PAGE_ROWS]), page, pages, total)


def form_counts(of: MedicalRecord) -> dict[str, int]:
    """How many documents of each form a record holds."""
    rows = Document.objects.filter(record=of).order_by().values_list("form_code")
    return dict(rows.annotate(n=Count("pk")))


def records_of(patient: Patient, *, limit: int = PAGE_ROWS) -> list[MedicalRecord]:
    """The records of a person, newest first, those written under a merged copy too."""
    rows = _records().prefetch_related("encounter__stays", "encounter__care_team")  # what the gate asks of each
    return list(rows.filter(patient_id__in=family_ids(patient)).order_by("-opened_at")[:limit])


def encounters_of(patient: Patient, *, limit: int = PAGE_ROWS) -> list[Encounter]:
    """The visits of a person, newest first."""
    rows = Encounter.objects.select_related("department", "attending").filter(patient_id__in=family_ids(patient))
    return list(rows.order_by("-started_at")[:limit])


def worklist(actor: Actor, *, record_state: str = "open", limit: int = PAGE_ROWS) -> list[MedicalRecord]:
    """The records of an actor's wards in one state, newest first."""
    rows = _records().filter(record_state=record_state)
    if record_state == "closed":
        rows = rows.filter(medium__in=WORKED_ON)
    if not actor.roles & SEES_ALL_RECORDS:
        rows = rows.filter(visible_records(actor))
    return list(rows.order_by("-opened_at")[:limit])


def drafts_of(actor: Actor, of: MedicalRecord | None = None) -> list[Draft]:
    """What the actor is typing, newest first."""
    rows = Draft.objects.select_related("record__patient__merged_into", "document").filter(account=actor.account_id)
    return list((rows.filter(record=of) if of else rows).order_by("-updated_at")[:50])


def events(of: MedicalRecord) -> list[RecordEvent]:
    """What happened to a record, in order."""
    return list(RecordEvent.objects.filter(record=of).order_by("pk"))


def open_volume(of: MedicalRecord) -> Volume | None:
    """The volume that takes documents now: the one without a seal."""
    return Volume.objects.filter(record=of, seal__isnull=True).order_by("-no").first()


def seals(of: MedicalRecord) -> list[Seal]:
    """The seals of a record, in order."""
    return list(Seal.objects.select_related("volume").filter(record=of).order_by("volume__no"))


def latest_of_form(of: MedicalRecord, form_code: str) -> Document | None:
    """The newest document of a form in a record that is not cancelled."""
    rows: QuerySet[Document, Any] = Document.objects.filter(record=of, form_code=form_code, document_state="active")
    return rows.order_by("-clinical_at", "-order_no").first()


def of_day(of: MedicalRecord, form_code: str, at: datetime) -> Document | None:
    """The document of a form with the facility's calendar day of `at`, if the record has one that is not cancelled."""
    day = clock.day_of(at)
    near = (at - timedelta(days=1), at + timedelta(days=1))
    rows = Document.objects.filter(
        record=of, form_code=form_code, document_state="active", clinical_at__range=near
    ).order_by("order_no")
    return next((d for d in rows if clock.day_of(d.clinical_at) == day), None)


def document_titles(ids: list[str]) -> dict[str, tuple[UUID, str]]:
    """Document and title by the id of a document or of one of its versions, for lists that hold only ids."""
    wanted = list(set(ids))[:PAGE_ROWS]
    documents = Document.objects.filter(pk__in=wanted).values_list("pk", "title")
    versions = DocumentVersion.objects.filter(pk__in=wanted).values_list("pk", "document_id", "document__title")
    found = {str(pk): (pk, title) for pk, title in documents} if wanted else {}
    return found | ({str(pk): (of, title) for pk, of, title in versions} if wanted else {})


def documents_of(ids: list[UUID]) -> dict[UUID, Document]:
    """Documents by id with their records, for lists that hold only ids."""
    return Document.objects.select_related("record__department").in_bulk(list(set(ids)))


def versions_of(ids: list[UUID]) -> list[DocumentVersion]:
    """Versions by id, with what they say."""
    return list(DocumentVersion.objects.filter(pk__in=set(ids)))


def patient_names(patient_ids: list[UUID]) -> dict[UUID, Patient]:
    """Patients by id, for lists that hold only ids; for one merged away the surviving patient."""
    return survivors(list(Patient.objects.filter(pk__in=set(patient_ids))))
