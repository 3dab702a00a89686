"""Verbs at the end of a record: discharge, close, reopen, seal, supplement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import numbers
from benhan.facility import queries as facility
from benhan.kernel import clock, news
from benhan.kernel.canonical import canonical, sha256_hex
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean
from benhan.law import codes
from benhan.proof.render import Attachment, render
from benhan.proof.sign import SignerShown, TimeStamper
from benhan.proof.sign import sign as sign_pdf
from benhan.records import facts, lifecycle, manifest, queries, rendering
from benhan.records.completeness import gaps
from benhan.records.models import Draft, Encounter, MedicalRecord, Seal, Volume
from benhan.records.opening import locked, note_event
from benhan.records.soundness import assert_sound
from benhan.signing import certificates

ARCHIVE_PATTERN = "LT{yy}.{serial:06d}"
MANIFEST_LAYOUT = "law/layout/manifest.typ"


def discharge(
    record: MedicalRecord, *, actor: Actor, at: datetime | None = None, result: str, discharge_type: str
) -> MedicalRecord:
    """Let the patient leave (ra viện): result and kind of discharge from the ministry's lists."""
    gate.require(actor, "records.record.discharge", record)
    errors = []
    if codes.resolve("ket_qua_dtri", result) is None:
        errors.append(FieldError("result", "code", "Chọn kết quả điều trị"))
    if codes.resolve("ma_loai_rv", discharge_type) is None:
        errors.append(FieldError("discharge_type", "code", "Chọn loại ra viện"))
    when = at or clock.now()
    if when > clock.now() or when < record.opened_at:
        errors.append(FieldError("at", "period", "Thời điểm ra viện phải sau lúc vào viện và không ở tương lai"))
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work("records.record.discharge"):
        fresh = _step(record, "discharge", actor, clinical_at=when)
        fresh.discharged_at = when
        fresh.save(update_fields=["record_state", "discharged_at"])
        Encounter.objects.filter(pk=fresh.encounter_id).update(
            ended_at=when, discharge_result=result, discharge_type=discharge_type
        )
        audit.record("records.record.discharge", patient_id=fresh.patient_id, record_id=fresh.pk)
        news.announce(facts.RecordDischarged(fresh.pk, fresh.patient_id))
    return fresh


def undo_discharge(record: MedicalRecord, *, actor: Actor, reason: str) -> MedicalRecord:
    """Take a discharge back that was entered by mistake."""
    gate.require(actor, "records.record.discharge", record)
    _assert_reason(reason)
    with audit.unit_of_work("records.record.discharge"):
        fresh = _step(record, "undo_discharge", actor, reason=reason)
        fresh.discharged_at = None
        fresh.save(update_fields=["record_state", "discharged_at"])
        Encounter.objects.filter(pk=fresh.encounter_id).update(ended_at=None, discharge_result="", discharge_type="")
        audit.record("records.record.undo_discharge", patient_id=fresh.patient_id, record_id=fresh.pk)
    return fresh


def close(record: MedicalRecord, *, actor: Actor) -> MedicalRecord:
    """Close (kết thúc) a complete record; an incomplete one is refused with the list of what is missing."""
    gate.require(actor, "records.record.close", record)
    with audit.unit_of_work("records.record.close"):
        fresh = _step(record, "close", actor)
        missing = gaps(fresh)
        if missing:
            raise Invalid(
                [
                    FieldError(g.form_code or str(g.document.pk if g.document else ""), g.code, g.message)
                    for g in missing
                ],
                "Hồ sơ chưa đủ để kết thúc",
            )
        fresh.closed_at = clock.now()
        fresh.save(update_fields=["record_state", "closed_at"])
        audit.record("records.record.close", patient_id=fresh.patient_id, record_id=fresh.pk)
    return fresh


def reopen(record: MedicalRecord, *, actor: Actor, reason: str) -> MedicalRecord:
    """Reopen (mở lại) a closed record that is not sealed yet, with a reason."""
    gate.require(actor, "records.record.reopen", record)
    _assert_reason(reason)
    with audit.unit_of_work("records.record.reopen"):
        fresh = _step(record, "reopen", actor, reason=reason)
        fresh.closed_at = None
        fresh.save(update_fields=["record_state", "closed_at"])
        audit.record("records.record.reopen", patient_id=fresh.patient_id, record_id=fresh.pk)
    return fresh


def supplement(record: MedicalRecord, *, actor: Actor, reason: str) -> Volume:
    """Open a supplement (bổ sung) on a sealed record for a late result: a new volume, to be sealed over the old seal."""
    gate.require(actor, "records.record.supplement", record)
    _assert_reason(reason)
    with audit.unit_of_work("records.record.supplement"):
        fresh = locked(record)
        after = lifecycle.next_state(fresh.record_state, "supplement")
        last = Volume.objects.filter(record=fresh).order_by("-no").first()
        volume = Volume.objects.create(
            record=fresh, no=(last.no if last else 0) + 1, reason=clean(reason), opened_at=clock.now()
        )
        note_event(fresh, "supplement", fresh.record_state, after, actor, reason=clean(reason))
        fresh.record_state = after
        fresh.save(update_fields=["record_state"])
        audit.record("records.record.supplement", patient_id=fresh.patient_id, record_id=fresh.pk)
    return volume


def seal(record: MedicalRecord, *, actor: Actor, tsa: TimeStamper | None = None) -> Seal:
    """Seal (niêm phong): an ordered manifest of every document, signed by the facility, over the seal before it.

    Drawing and signing happen before the transaction; inside it the manifest is built again and must be the same, so a
    record is sealed as it was signed or not at all, also when the machine dies in between."""
    gate.require(actor, "records.record.seal", record)
    fresh = queries.record(record.pk)
    lifecycle.next_state(fresh.record_state, "seal")
    volume = queries.open_volume(fresh)
    if volume is None:
        raise Refused("Không có phần hồ sơ nào để niêm phong", code="nothing_to_seal")
    _assert_complete(fresh, volume)
    assert_sound(volume)
    fresh.archive_number = _archive_number(fresh)
    at = clock.now().replace(microsecond=0)
    body = manifest.build(fresh, volume, sealed_by=actor, sealed_at=at)
    signed = _signed_manifest(body, at, tsa)
    digest = queries.files().put(signed)
    text = canonical(body)
    with audit.unit_of_work("records.record.seal"):
        final = _step(fresh, "seal", actor)
        if canonical(manifest.build(final, volume, sealed_by=actor, sealed_at=at)) != text:
            raise Conflict(
                "Hồ sơ vừa thay đổi trong lúc niêm phong; hãy xem lại rồi niêm phong", code="changed_meanwhile"
            )
        final.sealed_at = at
        final.save(update_fields=["record_state", "sealed_at"])
        made = Seal.objects.create(
            volume=volume,
            record=final,
            manifest=text.decode("utf-8"),
            manifest_hash=sha256_hex(text),
            manifest_pdf=digest,
            previous_hash=body["previous_manifest_sha256"],
            staff_id=actor.staff_id,
            sealed_by=actor.full_name,
            sealed_at=at,
            time_stamped=tsa is not None,
        )
        detail = {"volume": volume.no, "manifest": made.manifest_hash}
        audit.record("records.record.seal", patient_id=final.patient_id, record_id=final.pk, detail=detail)
        news.announce(facts.RecordSealed(final.pk, volume.pk))
    return made


def _archive_number(record: MedicalRecord) -> str:
    """The archive number, given once: two people sealing at once get the same."""
    with audit.unit_of_work("records.record.seal"):
        fresh = locked(record)
        if fresh.archive_number:
            return fresh.archive_number
        pattern = facility.setting("numbers.archive", ARCHIVE_PATTERN)
        number = numbers.take("archive", pattern, on=clock.today(), facility_code=facility.facility().code)
        MedicalRecord.objects.filter(pk=fresh.pk).update(archive_number=number)
    return number


def _signed_manifest(body: dict[str, Any], at: datetime, tsa: TimeStamper | None) -> bytes:
    """The manifest as a page with its JSON embedded, under the facility's seal."""
    certificate, identity = certificates.seal_identity()
    embedded = Attachment("manifest.json", canonical(body), "application/json", "source", "Danh mục hồ sơ")
    drawn = render(MANIFEST_LAYOUT, _page(body), attachments=[embedded], at=at)
    return sign_pdf(
        drawn.pdf,
        identity,
        position_id="facility",
        box=drawn.box("facility"),
        shown=SignerShown(facility.facility().name, "Con dấu số của cơ sở", at),
        drawn=True,
        reason=f"Niêm phong hồ sơ {body['record']['record_number']}, phần {body['volume']}",
        tsa=tsa,
        crl=certificates.current_crl() if certificate.origin == "internal" else None,
    )


def _page(body: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(body["sealed_at"])
    position = {
        "id": "facility",
        "label": "CƠ SỞ KHÁM BỆNH, CHỮA BỆNH",
        "hint": "(con dấu số)",
        "signed": {"name": body["facility"]["name"], "title": "Con dấu số của cơ sở", "at": rendering.local(at)},
    }
    rows = [
        [
            str(d["order"]),
            d["title"],
            rendering.local(datetime.fromisoformat(d["clinical_at"])),
            f"{d['author']['title']} {d['author']['name']}",
            "; ".join(s["name"] for s in d["signatures"]) or "–",
            d["sha256"][:16],
            "đã hủy" if d["document_state"] == "cancelled" else "",
        ]
        for d in body["documents"]
    ]
    return {
        "title": f"Danh mục hồ sơ {body['record']['record_number']}",
        "manifest": body,
        "rows": rows,
        "positions": [position],
        "sealed_at": rendering.local(at),
        "footer": f"benhan.manifest/1 · {body['record']['record_number']} · phần {body['volume']}",
        "mark": "",
    }


def _assert_complete(record: MedicalRecord, volume: Volume) -> None:
    if Draft.objects.filter(record=record).exists():
        raise Refused("Còn nháp chưa lưu của hồ sơ này", code="drafts_left")
    unsigned = volume.documents.filter(document_state="active", signature_state__in=["unsigned", "partly"])
    if unsigned.exists():
        raise Refused(f"Còn {unsigned.count()} giấy chưa ký đủ trong phần sẽ niêm phong", code="unsigned_left")
    if not volume.documents.exists():
        raise Refused("Phần bổ sung chưa có giấy nào", code="nothing_to_seal")


def _step(
    record: MedicalRecord, event: str, actor: Actor, *, reason: str = "", clinical_at: datetime | None = None
) -> MedicalRecord:
    fresh = locked(record)
    before = fresh.record_state
    fresh.record_state = lifecycle.next_state(before, event)
    note_event(fresh, event, before, fresh.record_state, actor, reason=clean(reason), clinical_at=clinical_at)
    return fresh


def _assert_reason(reason: str) -> None:
    if not clean(reason).strip():
        raise Invalid([FieldError("reason", "required", "Nêu lý do")])
