"""Pages of the book of forms."""

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
from benhan.formbook import preview, queries, services
from benhan.formbook.models import OwnForm
from benhan.forms.definition import FormVersion
from benhan.forms.diff import changes
from benhan.kernel.errors import FieldError, Invalid
from benhan.law import registry
from benhan.law.coverage import coverage

MANAGE = "formbook.form.manage"


@route("formbook.form.read")
def book(request: HttpRequest) -> HttpResponse:
    """All forms: official, added to, own; and what is being written."""
    may = gate.allowed(actor_of(request), MANAGE)
    page = {
        "entries": queries.entries(request.GET.get("q", ""), request.GET.get("certainty", "")),
        "drafts": queries.drafts() if may else [],
        "q": request.GET.get("q", ""),
        "certainty": request.GET.get("certainty", ""),
        "may_manage": may,
    }
    return render(request, "formbook/book.html", page)


@route("formbook.form.read")
def form_page(request: HttpRequest, code: str) -> HttpResponse:
    """One form: its versions, what changed between any two, what it asks, who signs."""
    form = queries.shown_version(code)
    versions = registry.versions(code)
    new = queries.version(code, request.GET["new"]) if "new" in request.GET else versions[-1]
    older = [v for v in versions if v.valid_from < new.valid_from]
    old = queries.version(code, request.GET["old"]) if "old" in request.GET else older[-1] if older else None
    page = {
        "form": form,
        "versions": versions,
        "old": old,
        "new": new,
        "changes": changes(old, new) if old else [],
        "published": queries.published_of(code),
        "lacking": coverage().get(code, (0, []))[1],
        "may_manage": gate.allowed(actor_of(request), MANAGE),
    }
    return render(request, "formbook/form.html", page)


@route("formbook.form.read")
def form_pdf(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """The printed page of a version, with invented answers or empty."""
    return _pdf(queries.version(code, day), request)


@route(MANAGE, methods=("POST",))
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an own form, an addition, or the next version of a published one."""
    actor = actor_of(request)
    again = request.POST.get("again", "")
    if again:
        made = services.again(_own(again), actor=actor)
    else:
        made = services.begin(actor=actor, adds_to=request.POST.get("adds_to", ""))
    return HttpResponseRedirect(reverse("formbook:own", kwargs={"form_id": made.pk}))


def _own(text: str) -> OwnForm:
    try:
        return queries.own_form(UUID(text))
    except ValueError as error:
        raise Invalid([FieldError("again", "format", _("Không có bản soạn này"))]) from error


@route(MANAGE, load=queries.own_form, methods=("GET", "POST"))
def own(request: HttpRequest, form: OwnForm) -> HttpResponse:
    """Write a definition: text, mistakes with their lines, how it will look."""
    errors: list[FieldError] = []
    text = form.text
    if request.method == "POST":
        text = request.POST.get("text", "")
        try:
            services.edit(form, text, actor=actor_of(request))
        except Invalid as no:
            errors = no.errors
        else:
            form = queries.own_form(form.pk)
            text = form.text
    return _draw(request, form, text, errors)


def _draw(request: HttpRequest, form: OwnForm, text: str, errors: list[FieldError]) -> HttpResponse:
    checked = services.check(form, text)
    before = _before(form, checked.form) if checked.form else None
    page = {
        "own": form,
        "text": text,
        "lines": text.count("\n") + 1,
        "errors": errors,
        "checked": checked,
        "drawn": preview.screen(checked.form) if checked.form else [],
        "before": before,
        "changes": changes(before, checked.form) if before and checked.form else [],
    }
    return render(request, "formbook/own.html", page, status=422 if errors else 200)


def _before(own_form: OwnForm, form: FormVersion) -> FormVersion | None:
    """What the new definition takes the place of."""
    return next((v for v in reversed(registry.versions(form.code))), None)


@route(MANAGE, load=queries.own_form)
def own_pdf(request: HttpRequest, form: OwnForm) -> HttpResponse:
    """The printed page of a definition that is being written."""
    checked = services.check(form, form.text)
    if checked.form is None:
        raise Invalid([FieldError("text", "mistakes", f"{_('dòng')} {m.line}: {m.message}") for m in checked.mistakes])
    return _pdf(checked.form, request)


def _pdf(form: FormVersion, request: HttpRequest) -> HttpResponse:
    data = preview.pdf(form, empty=request.GET.get("empty") == "1")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{form.code}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _day(typed: str) -> date:
    """A day as people type it, 01/12/2026. ValueError for anything else."""
    day, month, year = typed.strip().split("/")
    return date(int(year), int(month), int(day))


@route(MANAGE, load=queries.own_form, methods=("POST",))
def publish(request: HttpRequest, form: OwnForm) -> HttpResponse:
    """Publish from a day on."""
    try:
        day = _day(request.POST.get("valid_from", ""))
    except ValueError:
        errors = [FieldError("valid_from", "format", _("Nhập ngày có hiệu lực dạng ngày/tháng/năm"))]
        return _draw(request, form, form.text, errors)
    try:
        made = services.publish(form, day, actor=actor_of(request))
    except Invalid as no:
        return _draw(request, form, form.text, no.errors)
    messages.success(request, _("Đã ban hành “%(name)s”") % {"name": made.name})
    return HttpResponseRedirect(reverse("formbook:form", kwargs={"code": made.code}))


@route(MANAGE, load=queries.own_form, methods=("POST",))
def discard(request: HttpRequest, form: OwnForm) -> HttpResponse:
    """Throw a draft away."""
    services.discard(form, actor=actor_of(request))
    messages.info(request, _("Đã bỏ bản soạn"))
    return HttpResponseRedirect(reverse("formbook:book"))
