"""Pages of the facility's list of abbreviations."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.facility import queries as facility
from benhan.facility.models import Department
from benhan.kernel.errors import Conflict, FieldError, Invalid
from benhan.kernel.text import fold
from benhan.law import wording
from benhan.phrases import abbreviations, queries, tables
from benhan.phrases.models import Abbreviation

READ, MANAGE = "phrases.abbreviation.read", "phrases.abbreviation.manage"
TYPED = ("abbreviation", "expansion", "department")


@route(READ)
def listed(request: HttpRequest) -> HttpResponse:
    """The list in force; for who keeps it the list that is being worked on, with what is to be published."""
    return _draw(request, {}, [])


def _draw(request: HttpRequest, typed: dict[str, str], errors: list[FieldError]) -> HttpResponse:
    may = gate.allowed(actor_of(request), MANAGE)
    last, q = queries.edition_in_force(), request.GET.get("q", "")
    whole = queries.working_list() if may else []
    names = {d.code: d.name for d in facility.departments()}
    page = {
        "may_manage": may,
        "q": q,
        "last": last,
        "rows": queries.working_list(q) if may and q else whole,
        "published": _published(last.entries if last and not may else [], names, q),
        "changed": queries.what_changed(whole, last),
        "is_empty": not whole,
        "notes": {(p.abbreviation, p.expansion): p.note for p in wording.proposal() if p.certainty == "unsure"},
        "editions": queries.editions(),
        "departments": facility.departments() if may else [],
        "typed": dict.fromkeys(TYPED, "") | typed,
        "errors": errors,
    }
    return render(request, "phrases/abbreviations.html", page, status=422 if errors else 200)


def _published(entries: list[list[str]], names: dict[str, str], q: str) -> list[tuple[str, str, str]]:
    wanted = fold(q[:100])
    return [
        (short, full, names.get(code, code))
        for short, full, code in entries
        if not wanted or wanted in fold(f"{short} {full}")
    ]


def _department(code: str) -> Department | None:
    return facility.department_by_code(code) if code else None


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in TYPED}


@route(MANAGE, methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Add a line to the working list."""
    typed = _typed(request)
    try:
        made = abbreviations.put(
            abbreviation=typed["abbreviation"],
            expansion=typed["expansion"],
            department=_department(typed["department"]),
            actor=actor_of(request),
        )
    except Invalid as no:
        return _draw(request, typed, no.errors)
    messages.success(request, _("Đã thêm “%(short)s” vào bản soạn") % {"short": made.abbreviation})
    return _back()


def _line(line_id: UUID) -> Abbreviation:
    return queries.abbreviation(line_id)


@route(MANAGE, load=_line, methods=("GET", "POST"))
def change(request: HttpRequest, line: Abbreviation) -> HttpResponse:
    """Change a line of the working list."""
    code = line.department.code if line.department else ""
    typed = {"abbreviation": line.abbreviation, "expansion": line.expansion, "department": code}
    errors: list[FieldError] = []
    if request.method == "POST":
        typed = _typed(request)
        try:
            abbreviations.put(
                abbreviation=typed["abbreviation"],
                expansion=typed["expansion"],
                department=_department(typed["department"]),
                actor=actor_of(request),
                line=line,
            )
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã sửa “%(short)s”") % {"short": typed["abbreviation"]})
            return _back()
    page = {"line": line, "typed": typed, "errors": errors, "departments": facility.departments()}
    return render(request, "phrases/abbreviation.html", page, status=422 if errors else 200)


@route(MANAGE, load=_line, methods=("POST",))
def drop(request: HttpRequest, line: Abbreviation) -> HttpResponse:
    """Take a line out of the working list."""
    abbreviations.drop(line, actor=actor_of(request))
    messages.info(request, _("Đã bỏ “%(short)s” khỏi bản soạn") % {"short": line.abbreviation})
    return _back()


@route(MANAGE, methods=("POST",))
def propose(request: HttpRequest) -> HttpResponse:
    """Take the proposal over, to be read through."""
    brought = abbreviations.take_proposal(actor=actor_of(request))
    messages.success(
        request, _("Đã đưa %(n)s dòng gợi ý vào bản soạn; hãy đọc lại trước khi ban hành") % {"n": brought.added}
    )
    return _back()


@route(MANAGE, methods=("POST",))
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a file in, all of it or nothing."""
    given = request.FILES.get("file")
    try:
        data = given.read(tables.BYTES_MAX + 1) if given is not None else b""
        brought = abbreviations.import_csv(data, actor=actor_of(request))
    except Invalid as no:
        return _draw(request, {}, no.errors)
    done = {"added": brought.added, "changed": brought.changed}
    messages.success(request, _("Đã nhập tệp: thêm %(added)s dòng, sửa %(changed)s dòng") % done)
    return _back()


@route(MANAGE, methods=("POST",))
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the working list."""
    try:
        made = abbreviations.publish(actor=actor_of(request))
    except Invalid as no:
        return _draw(request, {}, no.errors)
    except Conflict as no:
        messages.warning(request, no.message)
    else:
        messages.success(request, _("Đã ban hành danh mục số %(n)s") % {"n": made.number})
    return _back()


@route(MANAGE)
def working_csv(request: HttpRequest) -> HttpResponse:
    """The working list as a file for a spreadsheet."""
    return _file(queries.entries_of(queries.working_list()), "chu-viet-tat-ban-soan.csv")


def _file(entries: list[list[str]], name: str) -> HttpResponse:
    response = HttpResponse(tables.written(entries), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(READ)
def edition_csv(request: HttpRequest, number: int) -> HttpResponse:
    """A published list as a file."""
    return _file(queries.edition(number).entries, f"chu-viet-tat-so-{number}.csv")


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("phrases:abbreviations"))
