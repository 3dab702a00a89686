"""Pages of documents: beginning, typing, saving, reading, amending, cancelling, printing."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.access.web import actor_of, route
from benhan.forms.definition import FormVersion
from benhan.forms.page import parse_post, sections
from benhan.forms.parts import begun
from benhan.forms.prefill import carried_over, completed, copies_forward, prefill
from benhan.forms.validate import clean, validate
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, NotFound, SaysNo
from benhan.kernel.identifiers import new_id
from benhan.law import codes, registry
from benhan.records import answers, queries, rendering, services, sheets, wording
from benhan.records.known import known_facts
from benhan.records.live_charts import chart_paths, live_chart
from benhan.records.models import Document, DocumentVersion, Draft, MedicalRecord
from benhan.signing import queries as signing
from benhan.signing.models import SignatureRequest

MAY = {v: f"records.document.{v}" for v in ("write", "amend", "cancel", "restore", "sign", "confirm", "print")}


def zone() -> ZoneInfo:
    """The zone people type times in."""
    return ZoneInfo(settings.TIME_ZONE)


def _record_and_form(record_id: UUID, form_code: str) -> MedicalRecord:
    return queries.record(record_id)


@route("records.document.write", load=_record_and_form, methods=("POST",))
def begin(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Begin a new sheet: a draft with what is known already."""
    form_code = str(request.resolver_match.kwargs["form_code"]) if request.resolver_match else ""
    form = registry.form(form_code, clock.today())
    answered = _answered(request)
    before = _entry_before(record, form)
    content = prefill(form, known_facts(record) | {"entry": {}, "request": answers.facts(answered)}, before)
    _stamp_time(form, content)
    draft = services.save_draft(
        record,
        form.code,
        content,
        actor=actor_of(request),
        client_key=new_id().hex,
        replies_to=answered,
        unreviewed=carried_over(form, content, before),
    )
    return HttpResponseRedirect(reverse("records:editor", kwargs={"draft_id": draft.pk}))


def _entry_before(record: MedicalRecord, form: FormVersion) -> dict[str, Any]:
    """The content of the newest earlier entry of a form that takes something over; nothing for a form written once."""
    if form.repeats == "once" or not copies_forward(form):
        return {}
    earlier = queries.latest_of_form(record, form.code)
    return services.content_of(queries.current_version(earlier)) if earlier else {}


def _answered(request: HttpRequest) -> Document | None:
    """The request that the new sheet answers, when it was begun from one."""
    text = request.POST.get("replies_to", "")
    if not text:
        return None
    try:
        return queries.document(UUID(text))
    except ValueError as error:
        raise NotFound(_("Không tìm thấy phiếu chỉ định")) from error


def _stamp_time(form: FormVersion, content: dict[str, Any]) -> None:
    """Propose now as the clinical time of an entry."""
    section, _dot, field = form.clinical_at.partition(".")
    if field and form.section(section):
        content.setdefault(section, {}).setdefault(
            field, clock.now().astimezone(zone()).replace(second=0, microsecond=0).isoformat()
        )


@route("records.document.amend", load=queries.document, methods=("POST",))
def begin_amendment(request: HttpRequest, document: Document) -> HttpResponse:
    """Begin an amendment: a draft with the content of the newest version, and, where a part is still to be written, what
    has become known meanwhile (the day of discharge, the days of treatment)."""
    version = queries.current_version(document)
    content = services.content_of(version)
    form = registry.form_version(version.form_code, version.form_valid_from)
    if len(begun(form, content)) < len(form.parts):
        content = completed(content, prefill(form, known_facts(document.record)))
    draft = services.save_draft(
        document.record,
        document.form_code,
        content,
        actor=actor_of(request),
        client_key=new_id().hex,
        document=document,
    )
    return HttpResponseRedirect(reverse("records:editor", kwargs={"draft_id": draft.pk}))


def _form_of(draft: Draft) -> FormVersion:
    if draft.document is not None:
        version = queries.current_version(draft.document)
        return registry.form_version(version.form_code, version.form_valid_from)
    return registry.form(draft.form_code, clock.today())


@route("records.document.draft", load=queries.draft)
def editor(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The editor of one draft."""
    return _draw_editor(request, draft, json.loads(draft.content), [])


def _draw_editor(request: HttpRequest, draft: Draft, content: dict[str, Any], errors: list[FieldError]) -> HttpResponse:
    form = _form_of(draft)
    page = {
        "draft": draft,
        "record": draft.record,
        "patient": draft.record.person,
        "form_version": form,
        "errors": errors,
        "answered": draft.replies_to,
        "requested": answers.requested(draft.replies_to) if draft.replies_to else [],
        "drawn": sections(form, content, errors, zone()),
        "unreviewed": draft.unreviewed_paths,
        "charts": chart_paths(form),
        "reason": request.POST.get("reason", ""),
        "may_continue": draft.document is not None and draft.document.signature_state == "partly" and bool(form.parts),
        "wording": wording.for_editor(form, draft.record),
        "saved_at": int(draft.updated_at.timestamp() * 1000),
    }
    return render(request, "records/editor.html", page, status=422 if errors else 200)


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    return {key: request.POST.getlist(key) for key in request.POST}


@route("records.document.draft_write", load=queries.draft, methods=("POST",))
def autosave(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Keep what is being typed; answers with the time it was kept."""
    content = clean(_form_of(draft), parse_post(_form_of(draft), _posted(request), zone()))
    services.update_draft(draft, content, actor=actor_of(request), reviewed=request.POST.getlist("reviewed"))
    at = clock.now().astimezone(zone()).strftime("%H:%M:%S")
    return JsonResponse({"message": _("Đã lưu nháp lúc %(at)s") % {"at": at}})


@route("records.document.draft", load=queries.draft)
def draft_chart(request: HttpRequest, draft: Draft) -> HttpResponse:
    """One chart of what the draft holds now (`of` says which), as a picture."""
    drawn = live_chart(draft, _form_of(draft), request.GET.get("of", "")[:200])
    return HttpResponse(drawn, content_type="image/svg+xml")


@route("records.document.draft_write", load=queries.draft, methods=("POST",))
def save(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Save the draft into the record, or show what has to be mended with nothing lost."""
    form = _form_of(draft)
    content = clean(form, parse_post(form, _posted(request), zone()))
    services.update_draft(draft, content, actor=actor_of(request), reviewed=request.POST.getlist("reviewed"))
    try:
        version = _save(request, draft, form, content)
    except Invalid as no:
        return _draw_editor(request, draft, content, no.errors)
    missing = validate(
        form,
        content,
        purpose="signing",
        born=draft.record.person.birth_date,
        code_known=codes.is_known,
        part_known=registry.has_part,
        parts=begun(form, content),
    )
    if missing:
        messages.warning(
            request,
            _("Đã lưu vào hồ sơ. Trước khi ký còn thiếu: %(what)s")
            % {"what": "; ".join(e.message for e in missing[:6])},
        )
    else:
        messages.success(request, _("Đã lưu vào hồ sơ"))
    return HttpResponseRedirect(reverse("records:document", kwargs={"document_id": version.document_id}))


def _save(request: HttpRequest, draft: Draft, form: FormVersion, content: dict[str, Any]) -> DocumentVersion:
    at = services.clinical_time(form, content)
    actor = actor_of(request)
    if draft.document is None:
        return services.write(
            draft.record,
            form.code,
            content,
            actor=actor,
            clinical_at=at,
            client_key=draft.client_key,
            draft=draft,
            replies_to=draft.replies_to,
        )
    return services.amend(
        draft.document,
        content,
        reason=request.POST.get("reason", ""),
        actor=actor,
        clinical_at=at,
        base_version_no=draft.document.version_no,
        client_key=draft.client_key,
        draft=draft,
    )


@route("records.document.draft_write", load=queries.draft, methods=("POST",))
def discard(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Throw a draft away."""
    record_id = draft.record_id
    services.discard_draft(draft, actor=actor_of(request))
    messages.info(request, _("Đã bỏ bản nháp"))
    return HttpResponseRedirect(reverse("records:record", kwargs={"record_id": record_id}))


@route("records.document.read", load=queries.document)
def document_page(request: HttpRequest, document: Document) -> HttpResponse:
    """One document: its page, versions, signatures, and what may be done now."""
    actor = actor_of(request)
    version = queries.current_version(document)
    requests = signing.requests_of(version.pk)
    may = gate.permitted(actor, document, MAY)
    mine = _mine(requests, actor)
    page = {
        "document": document,
        "record": document.record,
        "patient": document.record.person,
        "version": version,
        "versions": queries.versions(document),
        "marks": queries.marks(document),
        "signatures": signing.signatures_of(version.pk),
        "confirmations": signing.confirmations_of(version.pk),
        "requests": requests,
        "mine": mine,
        "worded": _worded(version, document) if may["sign"] or may["amend"] else [],
        "results": answers.results_of(document),
        "answering": answers.forms_answering(document, actor)
        if document.document_state == "active" and may["write"]
        else [],
        "to_confirm": [r for r in requests if r.request_state == "ready" and r.kind == "confirmation"],
        "unwritten": sorted({r.part for r in requests if r.request_state == "later"}),
        "may": may,
        "marks_open": document.volume_id,
    }
    return render(request, "records/document.html", page)


def _mine(requests: list[SignatureRequest], actor: Actor) -> list[SignatureRequest]:
    """The places that this person may sign now."""
    return [
        r
        for r in requests
        if r.request_state == "ready"
        and r.kind == "staff"
        and r.assigned_id in (None, actor.staff_id)
        and signing.may_fill(actor.position, r.role)
    ]


def _worded(version: DocumentVersion, document: Document) -> list[str]:
    """What writer and signer are told about the wording, from saving until it is signed."""
    if document.document_state != "active" or document.signature_state == "signed" or document.source:
        return []
    form = registry.form_version(version.form_code, version.form_valid_from)
    return wording.told(form, services.content_of(version), document.record)


@route("records.document.read", load=queries.version)
def version_pdf(request: HttpRequest, version: DocumentVersion) -> HttpResponse:
    """The page of one version: the signed file when there is one, else a preview marked as draft."""
    last = signing.last_signature(version.pk)
    if last is not None:
        data = queries.files().get(last.pdf)
    else:
        data = rendering.preview(queries.document(version.document_id), version).pdf
    return pdf_response(data, f"{version.form_code}-v{version.version_no}.pdf")


@route("records.document.print", load=_record_and_form)
def sheet_pdf(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """All entries of one form as one sheet, each with who signed it."""
    form_code = str(request.resolver_match.kwargs["form_code"]) if request.resolver_match else ""
    return pdf_response(sheets.entries_sheet(record, form_code, actor_of(request)), f"{form_code}.pdf")


def _record_of_manifest(record_id: UUID, volume_no: int) -> MedicalRecord:
    return queries.record(record_id)


@route("records.document.print", load=_record_of_manifest)
def manifest_pdf(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """The signed manifest of a sealed volume."""
    volume_no = int(request.resolver_match.kwargs["volume_no"]) if request.resolver_match else 0
    seal = next((s for s in queries.seals(record) if s.volume.no == volume_no), None)
    if seal is None:
        raise NotFound(_("Phần này chưa niêm phong"))
    return pdf_response(queries.files().get(seal.manifest_pdf), f"manifest-{volume_no}.pdf")


def pdf_response(data: bytes, name: str) -> HttpResponse:
    """A PDF shown in a frame of our own page only."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response.benhan_frame = True  # type: ignore[attr-defined]  # read by access.middleware.headers
    return response


@route("records.document.cancel", load=queries.document, methods=("POST",))
def cancel(request: HttpRequest, document: Document) -> HttpResponse:
    """Cancel a document with a reason."""
    return _marked(request, document, services.cancel, _("Đã hủy giấy; giấy vẫn đọc được"))


@route("records.document.restore", load=queries.document, methods=("POST",))
def restore(request: HttpRequest, document: Document) -> HttpResponse:
    """Restore a cancelled document with a reason."""
    return _marked(request, document, services.restore, _("Đã khôi phục giấy"))


def _marked(request: HttpRequest, document: Document, verb: Any, done: str) -> HttpResponse:
    try:
        verb(document, reason=request.POST.get("reason", ""), actor=actor_of(request))
    except SaysNo as no:
        messages.error(request, "; ".join(e.message for e in no.errors) if isinstance(no, Invalid) else no.message)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("records:document", kwargs={"document_id": document.pk}))


@route("records.codes.search")
def search_codes(request: HttpRequest) -> HttpResponse:
    """Look codes up by code or words, for the editor."""
    found = codes.search(request.GET.get("system", "")[:40], request.GET.get("q", ""), limit=15)
    return JsonResponse({"codes": [{"code": c.code, "name": c.name_vi} for c in found]})
