"""Pages of the department: board, map, one place, reminders, reports."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.law.rollout import DEADLINE, points
from benhan.rollout.authority import committee, drawing, queries, services
from benhan.rollout.authority.models import STAGES, Place
from benhan.rollout.papers import docx as word
from benhan.rollout.papers import pdf as drawn
from benhan.rollout.status_report import KINDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPED = ("code", "name", "kind", "commune", "latitude", "longitude", "contact", "email", "uses_benhan")


def _place(place_id: UUID) -> Place:
    return queries.place(place_id)


def tabs(request: HttpRequest, current: str) -> list[tuple[str, str, bool, None]]:
    """The pages of the department."""
    found = (
        (_("Bảng tiến độ"), "authority:board", "authority.board.read"),
        (_("Bản đồ"), "authority:map", "authority.board.read"),
        (_("Nhắc cơ sở"), "authority:reminders", "authority.board.read"),
        (_("Nhận báo cáo"), "authority:taking", "authority.report.take"),
    )
    actor = actor_of(request)
    return [
        (label, reverse(name), name == current, None) for label, name, action in found if gate.allowed(actor, action)
    ]


@route("authority.board.read")
def board(request: HttpRequest) -> HttpResponse:
    """Who is where: totals, trend to the deadline, what blocks most, every place with its nine points."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "stage", "sort")}
    every = queries.board()
    rows = queries.board(**asked) if any(asked.values()) else every
    page = {
        "tabs": tabs(request, "authority:board"),
        "rows": rows,
        "totals": [(stage, STAGES[stage], count) for stage, count in queries.totals(every).items()],
        "silent": sum(r.is_silent for r in every),
        "all": len(every),
        "trend": drawing.trend(queries.trend(), clock.today()),
        "legend": drawing.legend(),
        "blocks": queries.blocks(every),
        "points": points(),
        "kinds": KINDS,
        "stages": STAGES,
        "asked": asked,
        "days_left": (DEADLINE - clock.today()).days,
        "may_manage": gate.allowed(actor_of(request), "authority.place.manage"),
        "typed": {name: request.POST.get(name, "") for name in TYPED},
        "errors": errors,
    }
    return render(request, "authority/board.html", page, status=422 if errors else 200)


@route("authority.board.read")
def board_xlsx(request: HttpRequest) -> HttpResponse:
    """The board as a table."""
    return _file(committee.table(queries.board()), XLSX, f"tien-do-{clock.today():%Y%m%d}.xlsx")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@route("authority.board.read")
def province_map(request: HttpRequest) -> HttpResponse:
    """Places with coordinates on a map; the others in a list."""
    rows = queries.board()
    page = {
        "tabs": tabs(request, "authority:map"),
        "map": drawing.province(rows),
        "legend": drawing.legend(),
        "rows": rows,
        "without": [r for r in rows if r.place.latitude is None or r.place.longitude is None],
    }
    return render(request, "authority/map.html", page)


@route("authority.board.read")
def committee_pdf(request: HttpRequest) -> HttpResponse:
    """The report for the provincial committee."""
    return _file(drawn.draw(committee.paper(), at=clock.now()).pdf, "application/pdf", "bao-cao-ubnd.pdf")


@route("authority.board.read")
def committee_docx(request: HttpRequest) -> HttpResponse:
    """The same to edit."""
    return _file(word.draw(committee.paper(), at=clock.now()), DOCX, "bao-cao-ubnd.docx")


@route("authority.board.read")
def reminders(request: HttpRequest) -> HttpResponse:
    """Who should be reminded, with the words ready."""
    page = {
        "tabs": tabs(request, "authority:reminders"),
        "due": queries.due(queries.board()),
        "reasons": {"silent": _("chưa báo cáo"), "late": _("việc quá hạn"), "far": _("còn xa chín điểm")},
        "may_write": gate.allowed(actor_of(request), "authority.reminder.write"),
    }
    return render(request, "authority/reminders.html", page)


@route("authority.place.manage", methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Add a facility; its link is shown once."""
    try:
        place, token = services.add_place({n: request.POST.get(n, "") for n in TYPED}, actor=actor_of(request))
    except Invalid as no:
        return _draw(request, no.errors)
    _tell_link(request, token)
    return HttpResponseRedirect(reverse("authority:place", kwargs={"place_id": place.pk}))


def _tell_link(request: HttpRequest, token: str) -> None:
    address = request.build_absolute_uri(reverse("authority:form", kwargs={"token": token}))
    messages.info(request, _("Đường dẫn báo cáo của cơ sở (chỉ hiện một lần): %(address)s") % {"address": address})


@route("authority.board.read", load=_place)
def place_page(request: HttpRequest, place: Place) -> HttpResponse:
    """One facility: nine points, history, seal, reminders."""
    return _place_page(request, place, [])


def _place_page(request: HttpRequest, place: Place, errors: list[FieldError]) -> HttpResponse:
    row = next(r for r in queries.board() if r.place.pk == place.pk)
    actor = actor_of(request)
    page = {
        "tabs": tabs(request, ""),
        "row": row,
        "points": points(),
        "blocks": [(b, t) for b, t, _n in queries.blocks([row], 60)],
        "reports": queries.reports_of(place),
        "stages": STAGES,
        "reminders": queries.reminders_of(place),
        "may_manage": gate.allowed(actor, "authority.place.manage"),
        "may_remind": gate.allowed(actor, "authority.reminder.write"),
        "seal": request.POST.get("seal", place.offered_seal),
        "errors": errors,
    }
    return render(request, "authority/place.html", page, status=422 if errors else 200)


@route("authority.place.manage", load=_place, methods=("POST",))
def enrol(request: HttpRequest, place: Place) -> HttpResponse:
    """Pin the seal of a facility."""
    try:
        taken = services.enrol(place, request.POST.get("seal", ""), actor=actor_of(request))
    except Invalid as no:
        return _place_page(request, place, no.errors)
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Đã ghi danh con dấu") + (_("; đã nhận báo cáo đang chờ") if taken else ""))
    return HttpResponseRedirect(reverse("authority:place", kwargs={"place_id": place.pk}))


@route("authority.place.manage", load=_place, methods=("POST",))
def link(request: HttpRequest, place: Place) -> HttpResponse:
    """A new link for the web form."""
    _tell_link(request, services.new_link(place, actor=actor_of(request)))
    return HttpResponseRedirect(reverse("authority:place", kwargs={"place_id": place.pk}))


@route("authority.reminder.write", load=_place, methods=("POST",))
def remind(request: HttpRequest, place: Place) -> HttpResponse:
    """Note a reminder as sent."""
    try:
        services.remind(place, request.POST.get("reason", ""), request.POST.get("text", ""), actor=actor_of(request))
    except Invalid as no:
        return _place_page(request, place, no.errors)
    messages.success(request, _("Đã ghi nhắc %(name)s") % {"name": place.name})
    return HttpResponseRedirect(reverse("authority:reminders"))
