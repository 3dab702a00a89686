"""Pages: the file with its papers, one paper, previews, signing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, NotFound, Refused
from benhan.records import queries as records
from benhan.rollout.dossier import build, queries, services
from benhan.rollout.dossier.facts import settings_fingerprint
from benhan.rollout.dossier.models import DossierPaper
from benhan.rollout.dossier.templates_of_papers import template
from benhan.rollout.papers import docx as word
from benhan.rollout.papers import letterhead
from benhan.rollout.papers import pdf as drawn
from benhan.rollout.readiness.tabs import tabs

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _paper(paper_id: UUID) -> DossierPaper:
    return queries.paper(paper_id)


@route("dossier.paper.read")
def papers(request: HttpRequest) -> HttpResponse:
    """The whole file: each paper, what it waits for, what is issued."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError], open_code: str = "") -> HttpResponse:
    head = letterhead.letterhead()
    page = {
        "tabs": tabs(request, "dossier:papers"),
        "rows": queries.rows(settings_fingerprint()),
        "head": {key: getattr(head, key) for key in letterhead.KEYS},
        "labels": letterhead.LABELS,
        "may_make": gate.allowed(actor_of(request), "dossier.paper.make"),
        "today": clock.today(),
        "typed": {"number": request.POST.get("number", "")},
        "open_code": open_code,
        "errors": errors,
    }
    return render(request, "dossier/papers.html", page, status=422 if errors else 200)


@route("dossier.paper.make", methods=("POST",))
def letterhead_page(request: HttpRequest) -> HttpResponse:
    """Set head and foot of the papers."""
    try:
        letterhead.change({key: request.POST.get(key, "") for key in letterhead.KEYS}, by=actor_of(request).full_name)
    except Invalid as no:
        return _draw(request, no.errors, "letterhead")
    messages.success(request, _("Đã lưu phần đầu và cuối văn bản"))
    return HttpResponseRedirect(reverse("dossier:papers"))


def _file(data: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    if inline:
        answer.benhan_frame = True  # type: ignore[attr-defined]  # read by access.middleware.headers
    return answer


@route("dossier.paper.read")
def preview(request: HttpRequest, template_code: str) -> HttpResponse:
    """The paper as it would be today, marked as a draft."""
    made = build.paper(template(template_code), day=clock.today())
    return _file(drawn.draw(made, at=clock.now()).pdf, "application/pdf", f"{template_code}.pdf", inline=True)


@route("dossier.paper.read")
def preview_docx(request: HttpRequest, template_code: str) -> HttpResponse:
    """The same to edit."""
    made = build.paper(template(template_code), day=clock.today())
    return _file(word.draw(made, at=clock.now()), DOCX, f"{template_code}.docx")


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise Invalid([FieldError("day", "date", _("Ngày không hợp lệ"))]) from error


@route("dossier.paper.make", methods=("POST",))
def make(request: HttpRequest, template_code: str) -> HttpResponse:
    """Make a paper."""
    try:
        made = services.make(
            template_code, number=request.POST.get("number", ""), day=_day(request), actor=actor_of(request)
        )
    except Invalid as no:
        return _draw(request, no.errors, template_code)
    messages.success(request, _("Đã lập; kiểm tra bản PDF rồi ký"))
    return HttpResponseRedirect(reverse("dossier:paper", kwargs={"paper_id": made.pk}))


@route("dossier.paper.make", methods=("POST",))
def outside(request: HttpRequest, template_code: str) -> HttpResponse:
    """Register a paper that was signed outside."""
    upload = request.FILES.get("file")
    try:
        made = services.register_outside(
            template_code,
            number=request.POST.get("number", ""),
            day=_day(request),
            note=request.POST.get("note", ""),
            file=upload.read(services.UPLOAD_BYTES_MAX + 1) if upload else b"",
            actor=actor_of(request),
        )
    except Invalid as no:
        return _draw(request, no.errors, template_code)
    messages.success(request, _("Đã đưa văn bản vào hồ sơ"))
    return HttpResponseRedirect(reverse("dossier:paper", kwargs={"paper_id": made.pk}))


@route("dossier.paper.read", load=_paper)
def paper_page(request: HttpRequest, paper: DossierPaper) -> HttpResponse:
    """One paper: its file, its signatures, the place whose turn it is."""
    return _page(request, paper, [])


def _page(request: HttpRequest, paper: DossierPaper, errors: list[FieldError]) -> HttpResponse:
    page = {
        "tabs": tabs(request, "dossier:papers"),
        "paper": paper,
        "signatures": list(paper.signatures.all()),
        "next": queries.next_place(paper),
        "may_sign": gate.allowed(actor_of(request), "dossier.paper.sign"),
        "older": [p for p in queries.made_of(paper.code) if p.pk != paper.pk],
        "errors": errors,
    }
    return render(request, "dossier/paper.html", page, status=422 if errors else 200)


@route("dossier.paper.sign", load=_paper, methods=("POST",))
def sign(request: HttpRequest, paper: DossierPaper) -> HttpResponse:
    """Sign the place whose turn it is."""
    try:
        services.sign(paper, pin=request.POST.get("pin", ""), actor=actor_of(request))
    except Invalid as no:
        return _page(request, paper, no.errors)
    except Refused as no:
        return _page(request, paper, [FieldError("pin", no.code, no.message)])
    messages.success(request, _("Đã ký"))
    return HttpResponseRedirect(reverse("dossier:paper", kwargs={"paper_id": paper.pk}))


@route("dossier.paper.read", load=_paper)
def pdf(request: HttpRequest, paper: DossierPaper) -> HttpResponse:
    """The newest file with all signatures so far."""
    return _file(
        records.files().get(queries.file_of(paper)),
        "application/pdf",
        f"{paper.code}-{paper.day:%Y%m%d}.pdf",
        inline=True,
    )


@route("dossier.paper.read", load=_paper)
def docx(request: HttpRequest, paper: DossierPaper) -> HttpResponse:
    """The paper to edit; one that came from outside has none."""
    if not paper.docx:
        raise NotFound
    return _file(records.files().get(paper.docx), DOCX, f"{paper.code}-{paper.day:%Y%m%d}.docx")
