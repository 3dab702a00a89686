"""The manifest of a sealed volume: every version of every document in order, by hash, over the manifest before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from benhan.access.actors import Actor
from benhan.facility import queries as facility
from benhan.law import registry
from benhan.records.models import Document, DocumentMark, DocumentVersion, MedicalRecord, Seal, Volume
from benhan.records.payload import birth_text, moment
from benhan.signing.models import Confirmation, Signature

FORMAT = "benhan.manifest/1"
ORDER_RULE = "records.order."  # the facility's rule for one type of record: groups of forms and single form codes


def build(record: MedicalRecord, volume: Volume, *, sealed_by: Actor, sealed_at: datetime) -> dict[str, Any]:
    """Build the manifest. A constant number of queries, whatever the number of documents."""
    place = facility.facility()
    patient = record.person
    previous = Seal.objects.filter(record=record).order_by("-volume__no").first()
    return {
        "format": FORMAT,
        "volume": volume.no,
        "supplement_reason": volume.reason,
        "previous_manifest_sha256": previous.manifest_hash if previous else "",
        "facility": {"name": place.name, "code": place.code, "governing_body": place.governing_body},
        "record": {
            "id": str(record.pk),
            "type": record.record_type,
            "record_number": record.record_number,
            "admission_number": record.admission_number or "",
            "archive_number": record.archive_number or "",
            "medium": record.medium,
            "opened_at": moment(record.opened_at),
            "discharged_at": moment(record.discharged_at) if record.discharged_at else "",
            "closed_at": moment(record.closed_at) if record.closed_at else "",
        },
        "patient": {
            "id": str(patient.pk),
            "patient_number": patient.patient_number,
            "full_name": patient.full_name,
            "birth_date": birth_text(patient.birth_date, patient.birth_precision),
            "sex": patient.sex,
        },
        "documents": _entries(record, volume),
        "sealed_by": {"name": sealed_by.full_name, "title": sealed_by.job_title},
        "sealed_at": moment(sealed_at),
    }


def _entries(record: MedicalRecord, volume: Volume) -> list[dict[str, Any]]:
    documents = _ordered(record, volume)
    versions: dict[Any, list[DocumentVersion]] = {}
    for version in DocumentVersion.objects.filter(document__volume=volume).defer("payload").order_by("version_no"):
        versions.setdefault(version.document_id, []).append(version)
    signatures: dict[Any, list[Signature]] = {}
    for signature in Signature.objects.filter(volume_id=volume.pk).select_related("certificate").order_by("seq"):
        signatures.setdefault(signature.version_id, []).append(signature)
    confirmations: dict[Any, list[Confirmation]] = {}
    for confirmation in Confirmation.objects.filter(volume_id=volume.pk).order_by("confirmed_at"):
        confirmations.setdefault(confirmation.version_id, []).append(confirmation)
    marks: dict[Any, list[DocumentMark]] = {}
    for mark in DocumentMark.objects.filter(document__volume=volume).order_by("pk"):
        marks.setdefault(mark.document_id, []).append(mark)
    entries: list[dict[str, Any]] = []
    for document in documents:
        for version in versions.get(document.pk, []):
            entries.append(
                _entry(
                    len(entries) + 1,
                    document,
                    version,
                    signatures.get(version.pk, []),
                    confirmations.get(version.pk, []),
                    marks.get(document.pk, []),
                )
            )
    return entries


def _ordered(record: MedicalRecord, volume: Volume) -> list[Document]:
    """Papers in the order the facility set for the record type (form codes and groups of forms), then by clinical time."""
    order = paper_order(record.record_type)
    codes = volume.documents.values_list("form_code", flat=True).distinct()
    place = {code: _place(order, code, form_group(code)) for code in codes}
    rows = list(Document.objects.filter(volume=volume))
    return sorted(rows, key=lambda d: (place[d.form_code], d.clinical_at, d.order_no))


def paper_order(record_type: str) -> list[str]:
    """Groups of forms, and single forms that have a place of their own, in the order of the closed record: as the
    facility's rule says, else as the law's default."""
    default = list(registry.record_types().get(record_type, {}).get("order", []))
    kept = facility.setting(f"{ORDER_RULE}{record_type}", default)
    return [str(name) for name in kept] if isinstance(kept, list) else default


def _place(order: list[str], code: str, group: str) -> int:
    return next((order.index(name) for name in (code, group) if name in order), len(order))


def form_group(form_code: str) -> str:
    """The group of a form, from its newest version."""
    versions = registry.versions(form_code)
    return versions[-1].group if versions else "other"


def _entry(
    order: int,
    document: Document,
    version: DocumentVersion,
    signatures: list[Signature],
    confirmations: list[Confirmation],
    marks: list[DocumentMark],
) -> dict[str, Any]:
    last = signatures[-1] if signatures else None
    name = f"documents/{order:04d}-{document.form_code}-v{version.version_no}"
    return {
        "order": order,
        "file": f"{name}.pdf" if last else f"{name}.json",
        "sha256": last.pdf if last else version.payload_hash,
        "json": f"{name}.json",
        "content_sha256": version.payload_hash,
        "document_id": str(document.pk),
        "version_no": version.version_no,
        "is_current": version.version_no == document.version_no,
        "document_state": document.document_state if version.version_no == document.version_no else "superseded",
        "title": document.title,
        "form": {
            "code": version.form_code,
            "valid_from": version.form_valid_from.isoformat(),
            "sha256": version.form_hash,
        },
        "author": {"name": version.author_name, "title": version.author_title},
        "clinical_at": moment(version.clinical_at),
        "recorded_at": moment(version.recorded_at),
        "reason": version.reason,
        "source": {"system": document.source, "file": version.source_file, "sha256": version.source_sha256},
        "signatures": [
            {
                "position": s.position_id,
                "name": s.signer_name,
                "title": s.signer_title,
                "at": moment(s.signed_at),
                "strength": s.strength,
                "certificate_serial": s.certificate.serial if s.certificate else "",
            }
            for s in signatures
        ],
        "confirmations": [
            {
                "position": c.position_id,
                "person": c.person_name,
                "relation": c.relation,
                "at": moment(c.confirmed_at),
                "shown_pdf_sha256": c.shown_pdf,
                "file": f"evidence/shown-{c.shown_pdf[:16]}.pdf",
            }
            for c in confirmations
        ],
        "marks": [
            {"kind": m.kind, "reason": m.reason, "by": f"{m.by_title} {m.by_name}".strip(), "at": moment(m.recorded_at)}
            for m in marks
        ],
    }
