"""Verbs of signing documents: one, many with one PIN, and the patient's confirmation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.forms.parts import purpose_of
from benhan.forms.validate import validate
from benhan.kernel import news
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound, Refused, SaysNo
from benhan.law import codes, registry
from benhan.proof.render import SignatureBox
from benhan.proof.sign import SigningIdentity
from benhan.proof.sign import sign as sign_pdf
from benhan.records import facts, lifecycle, queries, rendering
from benhan.records.models import Document, DocumentVersion
from benhan.records.opening import locked
from benhan.records.services import content_of, subject_of
from benhan.signing import certificates
from benhan.signing import queries as signing_queries
from benhan.signing import services as signing
from benhan.signing.models import Certificate, Challenge, Confirmation, Signature, SignatureRequest

BATCH_MAX = 500


@dataclass(frozen=True)
class Outcome:
    """How signing one document of a batch went."""

    request: SignatureRequest
    signature: Signature | None
    refusal: str = ""


def sign(request: SignatureRequest, *, actor: Actor, pin: str) -> Signature:
    """Sign (ký) one place on one document."""
    certificate, identity = certificates.unlock(actor, pin)
    return _sign_one(request, actor, certificate, identity, certificates.current_crl())


def sign_many(requests: Sequence[SignatureRequest], *, actor: Actor, pin: str) -> list[Outcome]:
    """Sign many documents after review with one PIN: each gets its own signature, one refusal stops no other (SIG-15)."""
    if len(requests) > BATCH_MAX:
        raise Refused(f"Mỗi lần ký nhiều nhất {BATCH_MAX} giấy", code="batch_too_big")
    certificate, identity = certificates.unlock(actor, pin)
    crl = certificates.current_crl()
    outcomes = []
    for request in requests:
        try:
            outcomes.append(Outcome(request, _sign_one(request, actor, certificate, identity, crl)))
        except SaysNo as no:
            detail = "; ".join(e.message for e in no.errors[:3]) if isinstance(no, Invalid) else ""
            outcomes.append(Outcome(request, None, f"{no.message}{': ' + detail if detail else ''}"))
    return outcomes


def _sign_one(
    request: SignatureRequest, actor: Actor, certificate: Certificate, identity: SigningIdentity, crl: bytes
) -> Signature:
    """Everything slow (drawing, cryptography, the file) happens before the transaction; inside it only rows are written,
    after asking again whether state and turn are still the same."""
    document = queries.document(request.document_id)
    gate.require(actor, "records.document.sign", document)
    version = queries.current_version(document)
    # First the file, then whether the place still waits: somebody faster is then noticed here or when storing, never by
    # a second signature on the same place.
    earlier = signing_queries.last_signature(version.pk)
    request.refresh_from_db(fields=["request_state", "assigned"])
    _assert_turn(request, document, version, actor)
    shown = rendering.now_shown(actor.full_name, actor.job_title)
    if earlier is None:
        rendered = rendering.render_version(document, version, signer=(request.position_id, shown), at=shown.at)
        base, boxes, drawn = rendered.pdf, list(rendered.boxes), True
    else:
        base, boxes, drawn = (
            queries.files().get(earlier.pdf),
            [SignatureBox(**b) for b in json.loads(earlier.boxes)],
            False,
        )
    box = next((b for b in boxes if b.position_id == request.position_id), None)
    signed = sign_pdf(
        base,
        identity,
        position_id=request.position_id,
        box=box,
        shown=shown,
        drawn=drawn,
        reason=f"{document.title} – {request.label}",
        location=facility.facility().name,
        crl=crl if certificate.origin == "internal" else None,
    )
    digest = queries.files().put(signed)
    with audit.unit_of_work("records.document.sign"):
        record = locked(document.record)
        lifecycle.next_state(record.record_state, "sign")
        made = signing.store_signature(
            subject_of(document, version),
            request,
            actor=actor,
            certificate=certificate,
            pdf=digest,
            pdf_bytes=len(signed),
            boxes=json.dumps([asdict(b) for b in boxes]),
            after_seq=earlier.seq if earlier else 0,
        )
        state = signing.signature_state(version.pk)
        if not Document.objects.filter(pk=document.pk, version_no=version.version_no, document_state="active").update(
            signature_state=state
        ):
            raise Conflict("Giấy vừa được đính chính hoặc hủy; hãy tải lại", code="newer_version")
        audit.record(
            "records.document.sign",
            patient_id=record.patient_id,
            record_id=record.pk,
            object_type="document",
            object_id=str(document.pk),
            object_version=str(version.version_no),
            detail={"position": request.position_id},
        )
        news.announce(facts.DocumentSigned(document.pk, version.pk, record.pk, state == "signed"))
    return made


def _assert_turn(request: SignatureRequest, document: Document, version: DocumentVersion, actor: Actor) -> None:
    if request.version_id != version.pk or request.request_state in ("done", "withdrawn", "carried"):
        raise Conflict("Giấy đã được ký hoặc đã có phiên bản mới; hãy tải lại", code="not_waiting")
    if request.request_state != "ready":
        raise Refused("Chưa đến lượt ký của vị trí này", code="not_your_turn")
    if request.kind != "staff" or not signing_queries.may_fill(actor.position, request.role):
        raise Refused(f"Vị trí “{request.label}” không thuộc chức danh của bạn", code="wrong_position")
    if request.assigned_id not in (None, actor.staff_id):
        raise Refused("Vị trí này chờ chữ ký của chính người ghi", code="assigned_to_other")
    errors = _missing(document, version, request.position_id)
    if errors:
        raise Invalid(errors, "Giấy còn thiếu nội dung bắt buộc khi ký")


def _missing(document: Document, version: DocumentVersion, position_id: str) -> list[FieldError]:
    """What this place to sign needs and the content does not have: of its own part and of what belongs to all."""
    form = registry.form_version(version.form_code, version.form_valid_from)
    part = next((p.part for p in form.positions if p.id == position_id), "")
    return validate(
        form,
        content_of(version),
        purpose=purpose_of(form, part),
        born=document.record.person.birth_date,
        code_known=codes.is_known,
        part_known=registry.has_part,
        parts=frozenset({part}) if part else None,
    )


def begin_confirmation(document: Document, position_id: str, *, actor: Actor) -> tuple[Challenge, str]:
    """Freeze exactly what the patient is shown, keep that file, and make the one-time code (R-79)."""
    gate.require(actor, "records.document.confirm", document)
    version = queries.current_version(document)
    errors = _missing(document, version, position_id)
    if errors:
        raise Invalid(errors, "Giấy còn thiếu nội dung bắt buộc nên chưa thể đưa người bệnh xác nhận")
    shown = queries.files().put(rendering.preview(document, version).pdf)
    with audit.unit_of_work("records.document.confirm"):
        record = locked(document.record)
        lifecycle.next_state(record.record_state, "confirm")
        made = signing.begin_confirmation(subject_of(document, version), position_id, shown_pdf=shown, actor=actor)
        audit.record(
            "records.document.show_for_confirmation",
            patient_id=record.patient_id,
            record_id=record.pk,
            object_type="document",
            object_id=str(document.pk),
            object_version=str(version.version_no),
        )
    return made


def confirm(
    challenge: Challenge, code: str, mark: str, person: signing.ConfirmingPerson, *, actor: Actor
) -> Confirmation:
    """Take the confirmation (xác nhận) of the patient or representative for the version that was shown."""
    version = DocumentVersion.objects.filter(pk=challenge.version_id).first()
    if version is None:
        raise NotFound
    document = queries.document(version.document_id)
    gate.require(actor, "records.document.confirm", document)
    if document.version_no != version.version_no or document.document_state != "active":
        raise Refused("Nội dung đã thay đổi so với bản đã cho người bệnh xem", code="content_changed", law="R-79")
    record = document.record
    lifecycle.next_state(record.record_state, "confirm")
    subject = subject_of(document, version)
    signing.check_challenge(challenge, subject, code, mark, person)
    with audit.unit_of_work("records.document.confirm"):
        lifecycle.next_state(locked(record).record_state, "confirm")
        made = signing.store_confirmation(challenge, subject, mark, person, actor=actor)
        audit.record(
            "records.document.confirm",
            patient_id=record.patient_id,
            record_id=record.pk,
            object_type="document",
            object_id=str(document.pk),
            object_version=str(version.version_no),
        )
        Document.objects.filter(pk=document.pk).update(signature_state=signing.signature_state(version.pk))
    return made
