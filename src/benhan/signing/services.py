"""Verbs of the queue, of signatures made and of patients' confirmations."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Max

from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility.columns import too_long
from benhan.facility.models import Staff
from benhan.forms.definition import Position
from benhan.kernel import clock
from benhan.kernel.canonical import sha256_hex
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean_line
from benhan.signing import queries
from benhan.signing.models import Certificate, Challenge, Confirmation, Signature, SignatureRequest

CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
CODE_TRIES_MAX = 5
MARK_CHARACTERS_MAX = 20_000
# Strokes as the page draws them, each with at least one line: a mark of "-" or ",,," would be a mark nobody made.
_POINT = r"[0-9]{1,4} [0-9]{1,4}"
_PATH = re.compile(rf"(?:M{_POINT}(?:L{_POINT})+)+")
SIGNED = ("done", "carried")
STRENGTH_INTERNAL = "chữ ký điện tử chuyên dùng nội bộ (CA của cơ sở)"
# Whether a public authority issued an imported certificate nobody here has checked: then the paper must not claim it.
STRENGTH_IMPORTED = "chữ ký số (chứng thư nhập từ tệp .p12; cơ sở chưa đối chiếu bên cấp)"


@dataclass(frozen=True)
class Subject:
    """A document version as signing knows it."""

    version_id: UUID
    document_id: UUID
    record_id: UUID
    volume_id: UUID
    patient_id: UUID
    title: str
    payload_hash: str
    department_id: UUID | None


def request_positions(
    subject: Subject,
    positions: Sequence[Position],
    *,
    author: Staff | None,
    carried: frozenset[str] = frozenset(),
    begun: frozenset[str] = frozenset(),
) -> None:
    """Put the places to sign of a new version into the queue. The author's own place is the author's. Places in `carried`
    were signed in an earlier version whose part is unchanged; a part not `begun` has nothing to sign yet."""
    mine_taken = False
    rows = []
    for position in positions:
        state = (
            "carried"
            if position.id in carried
            else "later"
            if position.part and position.part not in begun
            else "waiting"
        )
        mine = (
            author is not None
            and position.kind == "staff"
            and state == "waiting"
            and not mine_taken
            and queries.may_fill(author.position, position.role)
        )
        mine_taken = mine_taken or mine
        rows.append(
            SignatureRequest(
                version_id=subject.version_id,
                document_id=subject.document_id,
                record_id=subject.record_id,
                patient_id=subject.patient_id,
                title=subject.title,
                department_id=subject.department_id,
                position_id=position.id,
                label=position.label_vi,
                role=position.role,
                kind=position.kind,
                order=position.order,
                required=position.required,
                parallel=position.parallel,
                part=position.part,
                assigned=author if mine else None,
                request_state=state,
                created_at=clock.now(),
            )
        )
    SignatureRequest.objects.bulk_create(rows)
    _advance(subject.version_id)


def withdraw_requests(document_id: UUID) -> None:
    """A newer version or a cancellation: nobody needs to sign the old one any more."""
    SignatureRequest.objects.filter(document_id=document_id, request_state__in=["waiting", "ready", "later"]).update(
        request_state="withdrawn"
    )


def restore_requests(version_id: UUID, *, begun: frozenset[str] = frozenset()) -> None:
    """The cancellation was taken back: what was withdrawn waits again."""
    withdrawn = SignatureRequest.objects.filter(version_id=version_id, request_state="withdrawn")
    withdrawn.exclude(part="").exclude(part__in=begun).update(request_state="later")
    withdrawn.update(request_state="waiting")
    _advance(version_id)


def _advance(version_id: UUID) -> None:
    """Whose turn is it? In each part every position up to the first required one that is still open."""
    open_rows = list(
        SignatureRequest.objects.filter(version_id=version_id, request_state__in=["waiting", "ready"]).order_by("order")
    )
    barriers: dict[str, int] = {}
    for r in open_rows:
        if r.required:
            barriers.setdefault(r.part, r.order)
    ready = [r.pk for r in open_rows if r.order <= barriers.get(r.part, r.order) or r.parallel]
    SignatureRequest.objects.filter(pk__in=ready).update(request_state="ready")


def signature_state(version_id: UUID) -> str:
    """none | unsigned | partly | signed, from the positions of a version."""
    rows = list(SignatureRequest.objects.filter(version_id=version_id).values_list("required", "request_state"))
    if not rows:
        return "none"
    done = sum(state in SIGNED for _, state in rows)
    if all(state in SIGNED for required, state in rows if required) and done:
        return "signed"
    return "partly" if done else "unsigned"


def store_signature(
    subject: Subject,
    request: SignatureRequest,
    *,
    actor: Actor,
    certificate: Certificate,
    pdf: str,
    pdf_bytes: int,
    boxes: str,
    after_seq: int,
) -> Signature:
    """Keep a signature that was made over the file left by signature `after_seq`. Somebody faster → Conflict."""
    fresh = SignatureRequest.objects.select_for_update().get(pk=request.pk)
    last = Signature.objects.filter(version_id=subject.version_id).aggregate(last=Max("seq"))["last"] or 0
    if fresh.request_state != "ready" or last != after_seq:
        raise Conflict("Phiếu vừa được người khác ký hoặc thay đổi; hãy tải lại", code="signed_meanwhile")
    made = Signature.objects.create(
        version_id=subject.version_id,
        document_id=subject.document_id,
        record_id=subject.record_id,
        volume_id=subject.volume_id,
        seq=last + 1,
        position_id=request.position_id,
        position_label=request.label,
        staff_id=actor.staff_id,
        signer_name=actor.full_name,
        signer_title=actor.job_title,
        certificate=certificate,
        strength=STRENGTH_IMPORTED if certificate.origin == "pkcs12" else STRENGTH_INTERNAL,
        payload_hash=subject.payload_hash,
        boxes=boxes,
        pdf=pdf,
        pdf_bytes=pdf_bytes,
        signed_at=clock.now(),
    )
    SignatureRequest.objects.filter(pk=request.pk).update(request_state="done")
    _advance(subject.version_id)
    return made


def begin_confirmation(subject: Subject, position_id: str, *, shown_pdf: str, actor: Actor) -> tuple[Challenge, str]:
    """Freeze what is shown and make the one-time code for the person in front of the screen. Returns the code once."""
    request = SignatureRequest.objects.filter(
        version_id=subject.version_id, position_id=position_id, kind="confirmation"
    ).first()
    if request is None or request.request_state != "ready":
        raise Refused("Phiếu này không chờ xác nhận của người bệnh", code="not_waiting")
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    challenge = Challenge.objects.create(
        version_id=subject.version_id,
        position_id=position_id,
        code_hash=make_password(code),
        shown_pdf=shown_pdf,
        payload_hash=subject.payload_hash,
        staff_id=actor.staff_id,
        expires_at=clock.now() + CODE_LIVES,
    )
    return challenge, code


@dataclass(frozen=True)
class ConfirmingPerson:
    """Who confirms, and how their identity was checked."""

    name: str
    relation: str
    identity_document: str
    unable_reason: str = ""

    def faults(self) -> list[FieldError]:
        """What is missing, field by field."""
        errors = []
        for key, label in (
            ("name", "họ tên người xác nhận"),
            ("relation", "quan hệ với người bệnh"),
            ("identity_document", "giấy tờ đã đối chiếu"),
        ):
            if not clean_line(getattr(self, key)):
                errors.append(FieldError(key, "required", f"Nhập {label}"))
        if clean_line(self.relation).lower() not in ("", "bản thân") and not clean_line(self.unable_reason):
            errors.append(FieldError("unable_reason", "required", "Nêu lý do người bệnh không tự xác nhận (PAT-06)"))
        values = {"person_name": self.name, "relation": self.relation, "identity_document": self.identity_document}
        long = too_long(
            Confirmation, {k: clean_line(v) for k, v in (values | {"unable_reason": self.unable_reason}).items()}
        )
        return errors + [replace(e, path="name") if e.path == "person_name" else e for e in long]


def check_challenge(challenge: Challenge, subject: Subject, code: str, mark: str, person: ConfirmingPerson) -> None:
    """Right code, in time, unused, for exactly the content that was shown (R-77 to R-80)? Runs outside of a transaction,
    so that a wrong try stays counted."""
    errors = person.faults()
    if not mark.strip() or len(mark) > MARK_CHARACTERS_MAX or not _PATH.fullmatch(mark):
        errors.append(FieldError("mark", "required", "Mời người bệnh ký hoặc vẽ dấu xác nhận vào khung"))
    if errors:
        raise Invalid(errors)
    Challenge.objects.filter(pk=challenge.pk).update(tries=F("tries") + 1)  # counted even when what follows is refused
    fresh = Challenge.objects.get(pk=challenge.pk)
    if fresh.used_at is not None:
        raise Refused("Mã này đã được dùng; mỗi mã chỉ xác nhận một lần", code="code_used", law="R-80")
    if fresh.tries > CODE_TRIES_MAX or fresh.expires_at < clock.now():
        raise Refused("Mã đã hết hạn hoặc nhập sai quá nhiều lần; hãy tạo mã mới", code="code_expired")
    if fresh.payload_hash != subject.payload_hash or fresh.version_id != subject.version_id:
        raise Refused("Nội dung đã thay đổi so với bản đã cho người bệnh xem", code="content_changed", law="R-79")
    if not check_password(code.strip(), fresh.code_hash):
        raise Invalid(
            [FieldError("code", "wrong_code", "Mã xác nhận không đúng; mời người bệnh đọc lại mã trên màn hình")]
        )


def _assert_still_waiting(subject: Subject, position_id: str) -> None:
    """Two codes may have been shown for one place; the first that is used fills it."""
    request = SignatureRequest.objects.select_for_update().get(version_id=subject.version_id, position_id=position_id)
    if request.request_state != "ready":
        raise Conflict("Phiếu này vừa được xác nhận hoặc không còn chờ xác nhận; hãy tải lại", code="not_waiting")


def store_confirmation(
    challenge: Challenge, subject: Subject, mark: str, person: ConfirmingPerson, *, actor: Actor
) -> Confirmation:
    """Use a checked challenge up and keep the evidence, in one transaction: two clicks confirm once."""
    with audit.unit_of_work("signing.confirm"):
        _assert_still_waiting(subject, challenge.position_id)
        if not Challenge.objects.filter(pk=challenge.pk, used_at__isnull=True).update(used_at=clock.now()):
            raise Conflict("Mã này vừa được dùng", code="code_used")
        who = audit.current()
        made = Confirmation.objects.create(
            challenge=challenge,
            version_id=subject.version_id,
            document_id=subject.document_id,
            record_id=subject.record_id,
            volume_id=subject.volume_id,
            position_id=challenge.position_id,
            person_name=clean_line(person.name),
            relation=clean_line(person.relation),
            unable_reason=clean_line(person.unable_reason),
            identity_document=clean_line(person.identity_document),
            checked_by_id=actor.staff_id,
            checked_by_name=actor.full_name,
            method="Mã dùng một lần hiển thị tại chỗ và dấu vẽ trên màn hình, có nhân viên chứng kiến",
            payload_hash=subject.payload_hash,
            shown_pdf=challenge.shown_pdf,
            mark=mark,
            mark_hash=sha256_hex(mark.encode()),
            device=who.device,
            address=who.source_ip,
            confirmed_at=clock.now(),
        )
        SignatureRequest.objects.filter(version_id=subject.version_id, position_id=challenge.position_id).update(
            request_state="done"
        )
        _advance(subject.version_id)
    return made
