"""Verbs that write documents. `_write_gate` is the one place that lets clinical data be written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility.models import Staff
from benhan.forms.definition import FormVersion
from benhan.forms.parts import begun
from benhan.forms.prefill import value_at
from benhan.forms.validate import clean, validate
from benhan.kernel import clock, news
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean as clean_text
from benhan.law import codes, registry
from benhan.records import copies, facts, lifecycle, parts, queries
from benhan.records.models import Document, DocumentMark, DocumentVersion, Draft, MedicalRecord, Volume
from benhan.records.opening import locked
from benhan.records.payload import Origin, compose, opened
from benhan.signing import services as signing
from benhan.signing.services import Subject

CLOCK_TOLERANCE = timedelta(minutes=5)
DRAFT_BYTES_MAX = 6 * 1024 * 1024  # more than a document may hold: what is pasted by mistake is kept until it is mended


def write(
    record: MedicalRecord,
    form_code: str,
    content: dict[str, Any],
    *,
    actor: Actor,
    clinical_at: datetime | None = None,
    client_key: str = "",
    on_behalf_of: Staff | None = None,
    replies_to: Document | None = None,
    draft: Draft | None = None,
) -> DocumentVersion:
    """Write (ghi) a new document. Saved twice with one `client_key`, it is written once (field-notes A.10). A result
    that answers a request says which (`replies_to`), and so does what is signed.

    The author comes from the log-in (ACC-15); when somebody types for the author, both are kept (REC-09)."""
    gate.require(actor, "records.document.write", record)
    with audit.unit_of_work("records.document.write"):
        if client_key and (known := _by_client_key(actor, client_key)):
            return known
        fresh, volume = _write_gate(record, "write")
        if client_key and (known := _by_client_key(actor, client_key)):
            return known  # pressed twice: the first was done while this one waited for the record
        at = _clinical_at(clinical_at, fresh)
        form = registry.form(form_code, clock.day_of(at))
        _assert_may_write(form, fresh, actor, at)
        _assert_looked_at(form, draft)
        _assert_answers(form, fresh, replies_to)
        document = Document(
            record=fresh,
            volume=volume,
            patient_id=fresh.patient_id,
            order_no=fresh.document_count + 1,
            form_code=form.code,
            title=form.name_vi,
            department=fresh.department,
            clinical_at=at,
            recorded_at=clock.now(),
            replies_to=replies_to,
        )
        version = _add_version(
            document,
            fresh,
            form,
            content,
            actor=actor,
            on_behalf_of=on_behalf_of,
            at=at,
            reason="",
            client_key=client_key,
            previous="",
            number=1,
        )
        MedicalRecord.objects.filter(pk=fresh.pk).update(document_count=fresh.document_count + 1)
        _finish(draft, version, document, fresh, "records.document.write")
    return version


def amend(
    document: Document,
    content: dict[str, Any],
    *,
    reason: str,
    actor: Actor,
    base_version_no: int,
    clinical_at: datetime | None = None,
    client_key: str = "",
    draft: Draft | None = None,
) -> DocumentVersion:
    """Amend (đính chính): a new version with a reason; the old one stays readable, its signatures stay with it (INT-02).

    Parts that are signed apart and stay as they are keep their signatures; writing only the next part needs no reason."""
    gate.require(actor, "records.document.amend", document)
    with audit.unit_of_work("records.document.amend"):
        if client_key and (known := _by_client_key(actor, client_key)):
            return known
        record, _ = _write_gate(document.record, "amend", document)
        if client_key and (known := _by_client_key(actor, client_key)):
            return known  # pressed twice: the first was done while this one waited for the record
        current = queries.document(document.pk)
        if current.version_no != base_version_no:
            raise Conflict("Giấy này vừa có phiên bản mới hơn; hãy xem bản mới rồi đính chính", code="newer_version")
        if current.document_state != "active":
            raise Refused("Giấy đã hủy; hãy khôi phục trước khi đính chính", code="document_cancelled")
        if current.source:
            raise Refused("Giấy nhập từ hệ thống khác không đính chính tại đây", code="document_imported")
        at = _clinical_at(clinical_at or current.clinical_at, record)
        previous = queries.current_version(current)
        form = registry.form_version(previous.form_code, previous.form_valid_from)
        said = clean_text(reason).strip()
        if not said and parts.continues(form, previous, clean(form, content)):
            said = parts.CONTINUED
        if not said:
            raise Invalid([FieldError("reason", "required", "Nêu lý do đính chính")])
        signing.withdraw_requests(current.pk)
        version = _add_version(
            current,
            record,
            form,
            content,
            actor=actor,
            on_behalf_of=None,
            at=at,
            reason=said,
            client_key=client_key,
            previous=previous.payload_hash,
            number=base_version_no + 1,
            before=previous,
        )
        _finish(draft, version, current, record, "records.document.amend")
    return version


def cancel(document: Document, *, reason: str, actor: Actor) -> DocumentMark:
    """Cancel (hủy): a mark with a reason; the document stays readable (INT-04)."""
    return _mark(document, "cancelled", reason, actor)


def restore(document: Document, *, reason: str, actor: Actor) -> DocumentMark:
    """Restore (khôi phục) a cancelled document."""
    return _mark(document, "restored", reason, actor)


def save_draft(
    record: MedicalRecord,
    form_code: str,
    content: dict[str, Any],
    *,
    actor: Actor,
    client_key: str,
    document: Document | None = None,
    replies_to: Document | None = None,
    unreviewed: Sequence[str] = (),
) -> Draft:
    """Start a draft. Drafts are no part of the record; each belongs to who types it. `unreviewed` are the paths of values
    taken over from the entry before: while one is left, the draft is not written into the record."""
    gate.require(actor, "records.document.write" if document is None else "records.document.amend", document or record)
    owner = actor.account_id
    if owner is None:
        raise Refused("Chỉ người đăng nhập mới có bản nháp", code="no_account")
    _assert_answers(registry.form(form_code, clock.today()), record, replies_to)
    with audit.unit_of_work("records.draft.save"):
        draft, _ = Draft.objects.get_or_create(
            account_id=owner,
            record=record,
            form_code=form_code,
            document=document,
            client_key=client_key,
            defaults={
                "content": json.dumps(content, ensure_ascii=False),
                "updated_at": clock.now(),
                "replies_to": replies_to,
                "unreviewed": "\n".join(unreviewed),
            },
        )
    return draft


def update_draft(draft: Draft, content: dict[str, Any], *, actor: Actor, reviewed: Sequence[str] = ()) -> Draft:
    """Keep what is being typed. Only its owner may; cheap enough to run every two seconds. A value taken over from the
    entry before counts as looked at when it is changed or named in `reviewed`."""
    if draft.account_id != actor.account_id:
        raise Refused("Bản nháp này của người khác", code="not_permitted")
    text = json.dumps(content, ensure_ascii=False)
    if len(text.encode("utf-8")) > DRAFT_BYTES_MAX:
        raise Invalid([FieldError("", "too_big", "Nội dung quá lớn (hơn 6 MB); hãy chia thành nhiều phiếu")])
    if draft.unreviewed:
        before = json.loads(draft.content)
        left = (p for p in draft.unreviewed_paths if p not in reviewed and value_at(content, p) == value_at(before, p))
        draft.unreviewed = "\n".join(left)
    draft.content, draft.updated_at, draft.changes = text, clock.now(), draft.changes + 1
    draft.save(update_fields=["content", "unreviewed", "updated_at", "changes"])
    return draft


def discard_draft(draft: Draft, *, actor: Actor) -> None:
    """Throw an own draft away."""
    if draft.account_id != actor.account_id:
        raise Refused("Bản nháp này của người khác", code="not_permitted")
    with audit.unit_of_work("records.draft.discard"):
        audit.record(
            "records.draft.discard",
            patient_id=draft.record.patient_id,
            record_id=draft.record_id,
            object_type="draft",
            object_id=str(draft.pk),
        )
        draft.delete()


def subject_of(document: Document, version: DocumentVersion) -> Subject:
    """A version as the signing room knows it."""
    return Subject(
        version.pk,
        document.pk,
        document.record_id,
        document.volume_id,
        document.patient_id,
        document.title,
        version.payload_hash,
        document.department_id,
    )


def _write_gate(record: MedicalRecord, event: str, document: Document | None = None) -> tuple[MedicalRecord, Volume]:
    """THE write gate: locks the record, asks its life cycle, and finds the volume that takes documents. A document of a
    sealed volume takes nothing, even while a supplement is being written."""
    fresh = locked(record)
    lifecycle.next_state(fresh.record_state, event)
    volume = queries.open_volume(fresh)
    if volume is None or (document is not None and document.volume_id != volume.pk):
        raise Refused(
            "Giấy này nằm trong phần hồ sơ đã niêm phong, không thể thay đổi", code="volume_sealed", law="R-55"
        )
    return fresh, volume


def _assert_may_write(form: FormVersion, record: MedicalRecord, actor: Actor, at: datetime) -> None:
    if not form.writers & (actor.roles | {actor.position}):
        raise Refused(f"Vai trò của bạn không ghi được “{form.name_vi}”", code="not_a_writer")
    if form.repeats == "once" and queries.latest_of_form(record, form.code) is not None:
        raise Conflict(f"Hồ sơ đã có “{form.name_vi}”; hãy đính chính bản đang có", code="once_per_record")
    if form.repeats == "day" and (there := queries.of_day(record, form.code, at)) is not None:
        raise Conflict(
            f"Ngày {clock.day_of(at):%d/%m/%Y} đã có “{there.title}”; hãy đính chính tờ đang có", code="once_per_day"
        )


def _assert_looked_at(form: FormVersion, draft: Draft | None) -> None:
    """Copied values are not written unseen: each was confirmed or changed by the writer."""
    left = draft.unreviewed_paths if draft else []
    labels = {f"{s.id}.{f.id}": f.label_vi for s in form.sections for f in s.fields}
    if left:
        raise Invalid(
            [
                FieldError(p, "unreviewed", f"“{labels.get(p, p)}” lấy từ lần trước: xác nhận vẫn đúng hoặc sửa lại")
                for p in left
            ]
        )


def _assert_answers(form: FormVersion, record: MedicalRecord, request: Document | None) -> None:
    if request is None:
        return
    if request.record_id != record.pk or request.form_code != form.answers:
        raise Refused(
            "Phiếu chỉ định này không thuộc hồ sơ hoặc không phải loại phiếu cần trả lời", code="not_its_request"
        )
    if request.document_state != "active":
        raise Refused("Phiếu chỉ định đã bị hủy, không trả kết quả vào đó được", code="request_cancelled")


def _clinical_at(at: datetime | None, record: MedicalRecord) -> datetime:
    now = clock.now()
    if at is None:
        return now
    if at.tzinfo is None or at > now + CLOCK_TOLERANCE:
        raise Invalid([FieldError("clinical_at", "future", "Thời điểm y khoa ở tương lai hoặc thiếu múi giờ")])
    if not clock.is_in_living_memory(at):
        raise Invalid(
            [FieldError("clinical_at", "too_early", "Thời điểm y khoa quá xa trong quá khứ, hãy xem lại năm")]
        )
    born = record.person.birth_date
    if born and clock.day_of(at) < born:
        raise Invalid([FieldError("clinical_at", "before_birth", "Thời điểm y khoa trước ngày sinh của người bệnh")])
    return at


def _add_version(
    document: Document,
    record: MedicalRecord,
    form: FormVersion,
    content: dict[str, Any],
    *,
    actor: Actor,
    on_behalf_of: Staff | None,
    at: datetime,
    reason: str,
    client_key: str,
    previous: str,
    number: int,
    before: DocumentVersion | None = None,
) -> DocumentVersion:
    tidy = clean(form, content)
    born: date | None = record.person.birth_date
    errors = validate(form, tidy, purpose="saving", born=born, code_known=codes.is_known, part_known=registry.has_part)
    if errors:
        raise Invalid(errors)
    kept = parts.carried(form, before, tidy) if before else []
    author, entered_by = _author(actor, on_behalf_of)
    now = clock.now()
    text, digest = compose(
        document=document,
        record=record,
        form=form,
        content=tidy,
        facility=facility.facility(),
        author=author,
        entered_by=entered_by,
        clinical_at=at,
        recorded_at=now,
        version_no=number,
        reason=reason,
        previous_hash=previous,
        origin=Origin(),
        signed_parts=[c.as_data() for c in kept],
    )
    _turn_to(document, author, number, at, now)
    document.signature_state = "none" if not form.positions else "partly" if kept else "unsigned"
    document.save()
    version = DocumentVersion.objects.create(
        document=document,
        version_no=number,
        form_code=form.code,
        form_valid_from=form.valid_from,
        form_hash=form.form_hash,
        payload=text,
        payload_hash=digest,
        previous_hash=previous,
        author_id=author.staff_id,
        author_name=author.full_name,
        author_title=author.job_title,
        entered_by_name=entered_by,
        reason=reason,
        clinical_at=at,
        recorded_at=now,
        client_key=client_key,
    )
    copies.code_for_original(version, now)
    signing.request_positions(
        subject_of(document, version),
        form.positions,
        carried=frozenset(p["id"] for c in kept for p in c.positions),
        begun=begun(form, tidy),
        author=Staff.objects.filter(pk=author.staff_id).first() if author.staff_id else None,
    )
    return version


def _turn_to(document: Document, author: Actor, number: int, at: datetime, now: datetime) -> None:
    """The row shows its newest version: number, times, author."""
    document.version_no, document.clinical_at, document.recorded_at = number, at, now
    document.author_id, document.author_name = author.staff_id, author.full_name
    document.author_title = author.job_title


def _author(actor: Actor, on_behalf_of: Staff | None) -> tuple[Actor, str]:
    if actor.staff_id is None or not actor.job_title:
        raise Refused(
            "Tài khoản chưa gắn với nhân viên có chức danh nên không ghi được hồ sơ", code="no_title", law="R-54"
        )
    if on_behalf_of is None or on_behalf_of.pk == actor.staff_id:
        return actor, ""
    author = Actor(
        None,
        "",
        on_behalf_of.full_name,
        on_behalf_of.pk,
        on_behalf_of.job_title,
        on_behalf_of.position,
        on_behalf_of.licence_number,
    )
    return author, f"{actor.job_title} {actor.full_name}"


def _by_client_key(actor: Actor, client_key: str) -> DocumentVersion | None:
    return DocumentVersion.objects.filter(author_id=actor.staff_id, client_key=client_key).first()


def _finish(
    draft: Draft | None, version: DocumentVersion, document: Document, record: MedicalRecord, action: str
) -> None:
    if draft is not None:
        draft.delete()
    audit.record(
        action,
        patient_id=record.patient_id,
        record_id=record.pk,
        object_type="document",
        object_id=str(document.pk),
        object_version=str(version.version_no),
    )
    news.announce(facts.DocumentWritten(document.pk, version.pk, record.pk, record.patient_id))


def _mark(document: Document, kind: str, reason: str, actor: Actor) -> DocumentMark:
    verb = "cancel" if kind == "cancelled" else "restore"
    gate.require(actor, f"records.document.{verb}", document)
    if not clean_text(reason).strip():
        raise Invalid([FieldError("reason", "required", "Nêu lý do")])
    wanted = "active" if kind == "cancelled" else "cancelled"
    with audit.unit_of_work(f"records.document.{verb}"):
        record, _ = _write_gate(document.record, verb, document)
        fresh = queries.document(document.pk)
        if fresh.document_state != wanted:
            raise Conflict("Giấy này đã được hủy hoặc khôi phục trước đó; hãy tải lại", code="marked_meanwhile")
        mark = DocumentMark.objects.create(
            document=fresh,
            kind=kind,
            reason=clean_text(reason).strip(),
            staff_id=actor.staff_id,
            by_name=actor.full_name,
            by_title=actor.job_title,
            recorded_at=clock.now(),
        )
        fresh.document_state = "cancelled" if kind == "cancelled" else "active"
        fresh.save(update_fields=["document_state"])
        if kind == "cancelled":
            signing.withdraw_requests(fresh.pk)
        else:
            version = queries.current_version(fresh)
            form = registry.form_version(version.form_code, version.form_valid_from)
            signing.restore_requests(version.pk, begun=begun(form, content_of(version)))
        audit.record(
            f"records.document.{verb}",
            patient_id=record.patient_id,
            record_id=record.pk,
            object_type="document",
            object_id=str(fresh.pk),
        )
        news.announce(facts.DocumentMarked(fresh.pk, record.pk, kind == "cancelled"))
    return mark


def content_of(version: DocumentVersion) -> dict[str, Any]:
    """The content of a version, its hash checked."""
    content: dict[str, Any] = opened(version)["content"]
    return content


def clinical_time(form: FormVersion, content: dict[str, Any]) -> datetime | None:
    """The clinical time a content states, where its form says it stands; None = now."""
    section, _, field = form.clinical_at.partition(".")
    row = content.get(section)
    value = row.get(field) if isinstance(row, dict) else None
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None  # validation names the field; here it only means "not stated"
