"""Verbs of the projection: project one document, rebuild all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from benhan.audit import services as audit
from benhan.clinical.models import ClinicalFact
from benhan.forms.extract import Extract, extract
from benhan.law import registry
from benhan.records import facts
from benhan.records.models import Document, DocumentVersion
from benhan.records.services import content_of

CHUNK = 500


def on_document_written(fact: facts.DocumentWritten) -> None:
    """A document was written or amended: derive it again, in the same transaction."""
    project(fact.document_id)


def on_document_marked(fact: facts.DocumentMarked) -> None:
    """A document was cancelled or restored."""
    project(fact.document_id)


def on_documents_imported(fact: facts.DocumentsImported) -> None:
    """Many documents arrived at once: derive them in bulk."""
    documents = {d.pk: d for d in Document.objects.filter(pk__in=fact.document_ids)}
    rows: list[ClinicalFact] = []
    for version in DocumentVersion.objects.filter(document_id__in=fact.document_ids):
        rows += _rows(documents[version.document_id], version)
    ClinicalFact.objects.bulk_create(rows, batch_size=CHUNK)


def project(document_id: UUID) -> None:
    """Replace what stands for one document by what its newest version means."""
    ClinicalFact.objects.filter(document_id=document_id).delete()
    document = Document.objects.get(pk=document_id)
    version = DocumentVersion.objects.get(document=document, version_no=document.version_no)
    ClinicalFact.objects.bulk_create(_rows(document, version))


def rebuild() -> int:
    """Derive everything again from the documents; returns how many documents were read. Resumable by running again."""
    with audit.unit_of_work("clinical.rebuild"):
        ClinicalFact.objects.all().delete()
        count = 0
        for start in _starts():
            documents = {d.pk: d for d in Document.objects.filter(pk__in=start)}
            versions = DocumentVersion.objects.filter(document_id__in=list(documents))
            rows: list[ClinicalFact] = []
            for version in versions:
                document = documents[version.document_id]
                if version.version_no == document.version_no:
                    rows += _rows(document, version)
                    count += 1
            ClinicalFact.objects.bulk_create(rows, batch_size=CHUNK)
        audit.record("clinical.rebuild", detail={"documents": count})
    return count


def _starts() -> list[list[UUID]]:
    ids = list(Document.objects.order_by("pk").values_list("pk", flat=True))
    return [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]


def _rows(document: Document, version: DocumentVersion) -> list[ClinicalFact]:
    if document.document_state != "active":
        return []
    form = registry.form_version(version.form_code, version.form_valid_from)
    meanings = (
        e for e in extract(form, content_of(version)) if e.kind != "cv365"
    )  # names of an exchange file: no facts
    return [_row(document, version, e) for e in meanings]


def _row(document: Document, version: DocumentVersion, e: Extract) -> ClinicalFact:
    number = float(e.value) if isinstance(e.value, int | float) and not isinstance(e.value, bool) else _number(e.value)
    return ClinicalFact(
        kind=e.kind,
        patient_id=document.patient_id,
        record_id=document.record_id,
        document_id=document.pk,
        path=e.path[:120],
        code=e.code[:60],
        system=e.system[:40],
        display=e.display[:1024],
        number_value=number,
        text_value="" if e.value is None else str(e.value),
        unit=e.unit[:40],
        role=e.role[:40],
        clinical_at=_moment(e.at) or version.clinical_at,
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
