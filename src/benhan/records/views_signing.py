"""Pages of signing: one document, the queue, and the patient's confirmation on the same screen."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access.intake import whole_number
from benhan.access.web import actor_of, route
from benhan.kernel.errors import FieldError, Invalid, NotFound, SaysNo
from benhan.records import queries, signatures, wording
from benhan.records.models import Document, DocumentVersion
from benhan.signing import certificates
from benhan.signing import queries as signing
from benhan.signing.models import Challenge, SignatureRequest
from benhan.signing.services import ConfirmingPerson

QUEUE_SHOWN = 100


@route("records.document.sign", load=queries.document, methods=("POST",))
def sign(request: HttpRequest, document: Document) -> HttpResponse:
    """Sign one place of a document with the PIN: of the version that the page showed, never of one that came since."""
    shown = whole_number(request.POST.get("request", ""))
    wanted = SignatureRequest.objects.filter(document_id=document.pk, pk=shown).first() if shown is not None else None
    try:
        if wanted is None:
            raise NotFound(_("Không có vị trí ký này"))
        signatures.sign(wanted, actor=actor_of(request), pin=request.POST.get("pin", ""))
    except SaysNo as no:
        detail = "; ".join(e.message for e in no.errors[:8]) if isinstance(no, Invalid) else ""
        messages.error(request, f"{no.message}{': ' + detail if detail else ''}")
    else:
        messages.success(request, _("Đã ký"))
    return HttpResponseRedirect(reverse("records:document", kwargs={"document_id": document.pk}))


@route("signing.queue.read", methods=("GET", "POST"))
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for my signature; the marked ones are signed with one PIN after review."""
    actor = actor_of(request)
    outcomes = []
    if request.method == "POST":
        named = [whole_number(i) for i in request.POST.getlist("request")]
        chosen = [i for i in named if i is not None][: signatures.BATCH_MAX]
        waiting = list(signing.waiting_for(actor).filter(pk__in=chosen))
        try:
            outcomes = signatures.sign_many(waiting, actor=actor, pin=request.POST.get("pin", "")) if waiting else []
        except SaysNo as no:
            messages.error(request, no.message)
        else:
            done = sum(o.signature is not None for o in outcomes)
            (messages.success if done else messages.warning)(request, _("Đã ký %(n)s giấy") % {"n": done})
    waiting_rows = list(signing.waiting_for(actor)[: QUEUE_SHOWN + 1])
    documents = queries.documents_of([r.document_id for r in waiting_rows])
    page = {
        "rows": waiting_rows[:QUEUE_SHOWN],
        "more": len(waiting_rows) > QUEUE_SHOWN,
        "refused": [o for o in outcomes if o.signature is None],
        "patients": queries.patient_names([r.patient_id for r in waiting_rows]),
        "documents": documents,
        "worded": wording.told_of_waiting(waiting_rows[:QUEUE_SHOWN], documents),
        "certificate": certificates.certificate_of(actor.staff_id) if actor.staff_id else None,
    }
    return render(request, "records/queue.html", page)


@route("records.document.confirm", load=queries.document, methods=("GET", "POST"))
def confirm_page(request: HttpRequest, document: Document) -> HttpResponse:
    """The patient reads, gets a one-time code, draws a mark: bound to exactly what was shown."""
    actor = actor_of(request)
    version = queries.current_version(document)
    position = next(
        (r for r in signing.requests_of(version.pk) if r.kind == "confirmation" and r.request_state == "ready"), None
    )
    page: dict[str, object] = {
        "document": document,
        "record": document.record,
        "patient": document.record.person,
        "version": version,
        "position": position,
        "values": request.POST,
        "code": "",
        "challenge": None,
        "errors": [],
    }
    if position is None or request.method == "GET":
        return render(request, "records/confirm.html", page)
    if not request.POST.get("challenge"):
        if request.POST.get("version") != str(version.pk):
            messages.error(request, _("Nội dung vừa thay đổi; hãy cho người bệnh đọc lại bản mới"))
            return render(request, "records/confirm.html", page, status=409)
        try:
            challenge, code = signatures.begin_confirmation(document, position.position_id, actor=actor)
        except Invalid as no:
            messages.error(request, f"{no.message}: " + "; ".join(e.message for e in no.errors[:8]))
            return HttpResponseRedirect(reverse("records:document", kwargs={"document_id": document.pk}))
        return render(request, "records/confirm.html", page | {"challenge": challenge, "code": code})
    return _take(request, version, page)


def _take(request: HttpRequest, version: DocumentVersion, page: dict[str, object]) -> HttpResponse:
    challenge = _challenge(request.POST.get("challenge", ""), version.document_id)
    person = ConfirmingPerson(
        request.POST.get("name", ""),
        request.POST.get("relation", ""),
        request.POST.get("identity_document", ""),
        request.POST.get("unable_reason", ""),
    )
    try:
        signatures.confirm(
            challenge, request.POST.get("code", ""), request.POST.get("mark", ""), person, actor=actor_of(request)
        )
    except Invalid as no:
        return render(request, "records/confirm.html", page | {"challenge": challenge, "errors": no.errors}, status=422)
    except SaysNo as no:
        errors = [FieldError("code", no.code, no.message)]
        return render(request, "records/confirm.html", page | {"challenge": challenge, "errors": errors}, status=409)
    messages.success(request, _("Đã ghi nhận xác nhận của người bệnh"))
    return HttpResponseRedirect(reverse("records:document", kwargs={"document_id": version.document_id}))


def _challenge(text: str, document_id: UUID) -> Challenge:
    """The challenge a page names, when it belongs to the document that page shows: else a code made for one paper
    would confirm another."""
    try:
        found = Challenge.objects.filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None or not DocumentVersion.objects.filter(pk=found.version_id, document_id=document_id).exists():
        raise NotFound
    return found
