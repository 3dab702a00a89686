"""Page: reports to the health department."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.facility import queries as facility
from benhan.kernel.errors import FieldError, Invalid, NotFound, Refused
from benhan.records import queries as records
from benhan.rollout import status_report
from benhan.rollout.readiness.tabs import tabs
from benhan.rollout.reporting import building, services
from benhan.rollout.reporting.models import SentReport
from benhan.signing import certificates


def _report(serial: int) -> SentReport:
    found = SentReport.objects.filter(serial=serial).first() if serial <= 2_147_483_647 else None
    if found is None:
        raise NotFound
    return found


@route("reporting.report.read")
def reports(request: HttpRequest) -> HttpResponse:
    """What would be reported now, what was, and the seal's fingerprint to read out to the department."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    try:
        shown = json.dumps(building.report(1), ensure_ascii=False, indent=1)
        why_not = ""
    except Refused as no:
        shown, why_not = "", no.message
    seal = next((c for c in certificates.seals() if not hasattr(c, "revocation")), None)
    page = {
        "tabs": tabs(request, "reporting:reports"),
        "shown": shown,
        "why_not": why_not,
        "reports": list(SentReport.objects.all()[:60]),
        "address": request.POST.get("address", facility.setting(services.ADDRESS_RULE, "")),
        "fingerprint": status_report.fingerprint(certificates.parsed(seal)) if seal else "",
        "may_make": gate.allowed(actor_of(request), "reporting.report.make"),
        "errors": errors,
    }
    return render(request, "reporting/reports.html", page, status=422 if errors else 200)


@route("reporting.report.make", methods=("POST",))
def make(request: HttpRequest) -> HttpResponse:
    """Make a report."""
    try:
        made = services.make(actor=actor_of(request))
    except Refused as no:
        return _draw(request, [FieldError("make", no.code, no.message)])
    messages.success(request, _("Đã lập và ký báo cáo số %(n)s") % {"n": made.serial})
    return HttpResponseRedirect(reverse("reporting:reports"))


@route("reporting.report.make", methods=("POST",))
def address(request: HttpRequest) -> HttpResponse:
    """Name the department's address."""
    try:
        services.set_address(request.POST.get("address", ""), actor=actor_of(request))
    except Invalid as no:
        return _draw(request, no.errors)
    messages.success(request, _("Đã lưu địa chỉ nhận báo cáo"))
    return HttpResponseRedirect(reverse("reporting:reports"))


@route("reporting.report.read", load=_report)
def file(request: HttpRequest, report: SentReport) -> HttpResponse:
    """The signed file, to be sent by e-mail or carried."""
    answer = HttpResponse(records.files().get(report.payload), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="bao-cao-{report.serial}.json"'
    return answer


@route("reporting.report.make", load=_report, methods=("POST",))
def send(request: HttpRequest, report: SentReport) -> HttpResponse:
    """Send a report."""
    try:
        done = services.send(report, actor=actor_of(request))
    except Refused as no:
        return _draw(request, [FieldError("address", no.code, no.message)])
    if done.accepted:
        messages.success(request, _("Sở đã nhận báo cáo"))
    else:
        messages.error(request, _("Chưa gửi được: %(why)s") % {"why": done.answer})
    return HttpResponseRedirect(reverse("reporting:reports"))
