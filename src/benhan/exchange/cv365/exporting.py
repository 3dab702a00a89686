"""Handing a record out: the file in both forms, the signed PDFs beside it, a manifest over all of it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benhan import __version__
from benhan.access import gate
from benhan.access.actors import Actor, system_actor
from benhan.archive.packages import file_name
from benhan.audit import services as audit
from benhan.exchange.cv365 import extract, validate, writer
from benhan.exchange.cv365.model import Model
from benhan.exchange.cv365.models import Export
from benhan.exchange.cv365.reader import Fault
from benhan.exchange.cv365.schema import edition_on
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.kernel.text import clean_line
from benhan.records import queries as records
from benhan.records.models import Document, MedicalRecord
from benhan.signing import queries as signing

FORMATS = ("json", "xml", "zip")
REASON_MIN, REASON_MAX = 5, 500
CODE_SYSTEMS = {
    "maicd": "ICD-10, Thông tư 06/2026/TT-BYT",
    "machiso": "Quyết định 1227/2025",
    "VNCODE": "Quyết định 2427, 2493, 2805 năm 2025",
}


@dataclass(frozen=True)
class Handed:
    """What is handed over."""

    name: str
    data: bytes
    mime: str


def built(record: MedicalRecord) -> tuple[Model, list[Fault]]:
    """The model of a record and every fault of it."""
    model = extract.model_of(record)
    ended = record.encounter.ended_at
    return model, validate.faults(model, on=clock.day_of(ended) if ended else clock.today())


def faults_of(record: MedicalRecord) -> list[Fault]:
    """Why the file of a record would not be handed out; empty when it would."""
    return built(record)[1]


def export(record: MedicalRecord, *, form: str, asked_by: str, reason: str, actor: Actor | None = None) -> Handed:
    """Make the file, judge it, keep it with who asked and why, hand it over (R-28). Refused with the first faults when it is not
    what the annex says: a wrong file must not leave."""
    who = actor or system_actor("xuất CV 365")
    gate.require(who, "cv365.record.export", record)
    facility.require_real()  # the annex has no place for the words that mark an invented patient
    asked_by, reason = clean_line(asked_by), clean_line(reason)
    wrong = [
        FieldError(name, "required", f"Ghi {label} ({REASON_MIN} đến {most} ký tự)")
        for name, label, text, most in (
            ("asked_by", "ai yêu cầu", asked_by, 255),
            ("reason", "mục đích", reason, REASON_MAX),
        )
        if not REASON_MIN <= len(text) <= most
    ]
    if form not in FORMATS:
        wrong.append(FieldError("format", "choice", "Chọn json, xml hoặc zip"))
    if wrong:
        raise Invalid(wrong)
    model, found = built(record)
    if found:
        first = "; ".join(f"{f.place}: {f.said}" for f in found[:5])
        raise Refused(f"Tệp chưa hợp lệ ({len(found)} lỗi), không xuất. {first}", code="cv365_invalid", law="R-28")
    payload = writer.to_json(model)
    digest = records.files().put(payload)
    handed = _handed(record, model, payload, form, asked_by, reason)
    with audit.unit_of_work("cv365.record.export"):
        Export.objects.create(
            record=record,
            edition=edition_on(clock.day_of(record.opened_at)).edition,
            payload=digest,
            asked_by=asked_by,
            reason=reason,
            made_at=clock.now(),
            by_name=who.full_name or who.username,
        )
        audit.record(
            "cv365.record.export",
            patient_id=record.patient_id,
            record_id=record.pk,
            object_type="record",
            object_id=str(record.pk),
            detail={"format": form, "sha256": digest},
        )
    return handed


def _handed(record: MedicalRecord, model: Model, payload: bytes, form: str, asked_by: str, reason: str) -> Handed:
    name = f"HoSoBenhAn-{file_name(record)}"
    if form == "json":
        return Handed(f"{name}.json", payload, "application/json")
    if form == "xml":
        return Handed(f"{name}.xml", writer.to_xml(model), "application/xml")
    files = {"HoSoBenhAn.json": payload, "HoSoBenhAn.xml": writer.to_xml(model), **_papers(record)}
    files["manifest.json"] = _manifest(record, files, asked_by, reason)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, data in files.items():
            archive.writestr(zipfile.ZipInfo(inside, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return Handed(f"{name}.zip", out.getvalue(), "application/zip")


def _papers(record: MedicalRecord) -> dict[str, bytes]:
    """The signed PDF of every paper in force: the annex has no place for signatures (R-47)."""
    found = {}
    for document in Document.objects.filter(record=record, document_state="active").order_by("order_no"):
        last = signing.last_signature(records.current_version(document).pk)
        if last is not None:
            found[f"giay/{document.order_no:04d}-{document.form_code}.pdf"] = records.files().get(last.pdf)
    return found


def _manifest(record: MedicalRecord, files: dict[str, bytes], asked_by: str, reason: str) -> bytes:
    """What the annex cannot carry: hashes, code systems, the commune, who asked and why."""
    place = facility.facility()
    told: dict[str, Any] = {
        "format": "benhan-cv365/1",
        "edition": edition_on(clock.day_of(record.opened_at)).edition,
        "facility": {"code": place.code, "gln": place.gln, "name": place.name},
        "software": {"name": "benhan", "version": __version__},
        "record": record.record_number,
        "record_state": record.record_state,
        "medium": record.medium,
        "commune_code": record.person.commune_code,
        "code_systems": CODE_SYSTEMS,
        "asked_by": asked_by,
        "reason": reason,
        "made_at": clock.now().isoformat(),
        "files": {n: {"sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for n, d in files.items()},
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def to_folder(record: MedicalRecord, folder: Path, *, form: str, asked_by: str, reason: str) -> Path:
    """The command line: write the file into a folder."""
    handed = export(record, form=form, asked_by=asked_by, reason=reason)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / handed.name
    path.write_bytes(handed.data)
    return path
