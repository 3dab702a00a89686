"""The payload of a version: the canonical JSON that is stored, hashed, shown to the patient, signed and embedded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from benhan.access.actors import Actor
from benhan.facility.models import Facility
from benhan.forms.definition import FormVersion
from benhan.kernel.canonical import canonical, sha256_hex
from benhan.records.models import Document, DocumentVersion, MedicalRecord

FORMAT = "benhan.document/1"


class PayloadDamaged(Exception):
    """A stored version does not match its hash any more: the database was changed behind our back."""


@dataclass(frozen=True)
class Origin:
    """Where an imported version comes from; empty for what was written here."""

    system: str = ""
    file: str = ""
    sha256: str = ""


def moment(at: datetime) -> str:
    """The one spelling of a moment in payloads: UTC, microseconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def compose(
    *,
    document: Document,
    record: MedicalRecord,
    form: FormVersion,
    content: dict[str, Any],
    facility: Facility,
    author: Actor,
    entered_by: str,
    clinical_at: datetime,
    recorded_at: datetime,
    version_no: int,
    reason: str,
    previous_hash: str,
    origin: Origin,
    signed_parts: Sequence[dict[str, Any]] = (),
) -> tuple[str, str]:
    """Return (canonical JSON text, SHA-256 hex) of a version."""
    patient = record.person  # merged copies: what is written now names the surviving patient
    body = {
        "format": FORMAT,
        "document_id": str(document.pk),
        "version_no": version_no,
        "previous_sha256": previous_hash,
        "reason": reason,
        "form": {
            "code": form.code,
            "valid_from": form.valid_from.isoformat(),
            "sha256": form.form_hash,
            "name": form.name_vi,
            "official_number": form.official_number,
        },
        "facility": {"name": facility.name, "governing_body": facility.governing_body, "code": facility.code},
        "department": record.department.name if record.department else "",
        "record": {
            "id": str(record.pk),
            "type": record.record_type,
            "record_number": record.record_number,
            "admission_number": record.admission_number or "",
        },
        "patient": {
            "id": str(patient.pk),
            "patient_number": patient.patient_number,
            "full_name": patient.full_name,
            "birth_date": birth_text(patient.birth_date, patient.birth_precision),
            "sex": patient.sex,
        },
        "author": {
            "staff_id": _text(author.staff_id),
            "name": author.full_name,
            "title": author.job_title,
            "licence_number": author.licence_number,
        },
        **({"replies_to": str(document.replies_to_id)} if document.replies_to_id else {}),
        **({"signed_parts": list(signed_parts)} if signed_parts else {}),
        "entered_by": entered_by,
        "clinical_at": moment(clinical_at),
        "recorded_at": moment(recorded_at),
        "content": content,
        "origin": {"system": origin.system, "file": origin.file, "sha256": origin.sha256},
    }
    data = canonical(body)
    return data.decode("utf-8"), sha256_hex(data)


def birth_text(birth_date: date | None, precision: str) -> str:
    """A birth date no more exact than it is known: 1950, 1950-03 or 1950-03-01."""
    if birth_date is None or precision == "unknown":
        return ""
    return birth_date.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def opened(version: DocumentVersion) -> dict[str, Any]:
    """Read a stored payload, checked against its hash (asserted when written, asserted when read)."""
    if sha256_hex(version.payload.encode("utf-8")) != version.payload_hash:
        raise PayloadDamaged(str(version.pk))
    body: dict[str, Any] = json.loads(version.payload)
    return body


def _text(value: UUID | None) -> str:
    return str(value) if value else ""
