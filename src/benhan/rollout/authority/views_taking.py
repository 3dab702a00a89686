"""Taking reports from files and sheets an officer holds, and what was refused."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from benhan.access.web import actor_of, route
from benhan.kernel.errors import Refused
from benhan.rollout import status_report
from benhan.rollout.authority import queries, services, sheet
from benhan.rollout.authority.models import Place
from benhan.rollout.authority.views import XLSX, tabs

FILES_MAX = 600


def _draw(request: HttpRequest, outcomes: list[tuple[str, bool, str]]) -> HttpResponse:
    page = {
        "tabs": tabs(request, "authority:taking"),
        "outcomes": outcomes,
        "waiting": queries.waiting(),
        "refusals": queries.refusals(),
    }
    return render(request, "authority/taking.html", page)


@route("authority.report.take")
def taking(request: HttpRequest) -> HttpResponse:
    """Upload files; seals that wait; refusals."""
    return _draw(request, [])


@route("authority.report.take", methods=("POST",))
def files(request: HttpRequest) -> HttpResponse:
    """Take signed files (e-mail, USB), each for itself."""
    actor, outcomes, good = actor_of(request), [], []
    for number, file in enumerate(request.FILES.getlist("files")[:FILES_MAX], 1):
        name = f"{number}. {(file.name or '')[:100]}"
        if (file.size or 0) <= status_report.BYTES_MAX:
            good.append((name, file.read()))
            continue
        try:
            services.refuse_big(file.size or 0, origin="file", source=name)
        except Refused as no:
            outcomes.append((name, False, no.message))
    for name, found in services.take_many(good, by=actor.full_name):
        if isinstance(found, Refused):
            outcomes.append((name, False, found.message))
        else:
            said = _("%(place)s, báo cáo số %(n)s") % {"place": found.place.name, "n": found.serial}
            outcomes.append((name, True, said))
    return _draw(request, outcomes or [("", False, _("Chưa chọn tệp nào"))])


@route("authority.report.take", methods=("POST",))
def sheet_upload(request: HttpRequest) -> HttpResponse:
    """Take a filled Excel sheet, row by row."""
    actor, outcomes = actor_of(request), []
    file = request.FILES.get("sheet")
    name = (file.name or "")[:100] if file else ""
    data = file.read(sheet.FILE_BYTES_MAX + 1) if file else b""
    try:
        with services.keeping_refusal("sheet", name, data):
            lines = sheet.read(data)
    except Refused as no:
        return _draw(request, [(name, False, no.message)])
    places = {p.code: p for p in Place.objects.filter(code__in=[line.code for line in lines])}
    for line in lines:
        outcomes.append(_row(line, places.get(line.code), name, actor.full_name))
    return _draw(request, outcomes or [(name, False, _("Trang tính không có dòng nào được điền"))])


def _row(line: sheet.Line, place: Place | None, name: str, by: str) -> tuple[str, bool, str]:
    label = _("Dòng %(n)s (%(code)s)") % {"n": line.number, "code": line.code or "?"}
    try:
        with services.keeping_refusal("sheet", name, code=line.code):
            if line.report is None:
                raise Refused(line.fault, code="value")
            if place is None:
                raise Refused(_("Mã cơ sở không có trong danh sách của Sở"), code="unknown_place")
        report = line.report | {"serial": services.next_serial(place)}
        report["facility"] = report["facility"] | {"kind": place.kind, "name": place.name}
        services.take_unsigned(place, report, origin="sheet", source=name, by=by)
    except Refused as no:
        return (label, False, no.message)
    return (label, True, place.name)


@route("authority.report.take")
def template(request: HttpRequest) -> HttpResponse:
    """The Excel template with the facilities that do not use the program."""
    places = list(Place.objects.filter(uses_benhan=False))
    answer = HttpResponse(sheet.template(places), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="mau-bao-cao.xlsx"'
    return answer
