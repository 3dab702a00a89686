"""Home, language, health, and the own certificate."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, public, route
from benhan.facility import queries as facility
from benhan.kernel.errors import Invalid, Refused, SaysNo
from benhan.records import queries as records
from benhan.signing import certificates
from benhan.signing import queries as signing

PKCS12_BYTES_MAX = 64 * 1024


@public("decides itself: wizard, log-in or home")
def home(request: HttpRequest) -> HttpResponse:
    """The first page: to the wizard on an empty house, to the log-in, or what waits for me."""
    if facility.facility_or_none() is None:
        return HttpResponseRedirect(reverse("site:setup"))
    return _home(request)


@route("site.home.read")
def _home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    may_list = gate.allowed(actor, "records.record.list")
    may_sign = gate.allowed(actor, "signing.queue.read")
    page = {
        "facility": facility.facility(),
        "drafts": records.drafts_of(actor) if may_list else [],
        "open_records": records.worklist(actor, limit=12) if may_list else [],
        "waiting": signing.waiting_for(actor).count() if may_sign else 0,
        "to_close": len(records.worklist(actor, record_state="discharged", limit=50)) if may_list else 0,
        "to_seal": len(records.worklist(actor, record_state="closed", limit=50)) if may_list else 0,
        "may": {
            "search": gate.allowed(actor, "patients.patient.search"),
            "register": gate.allowed(actor, "patients.patient.register"),
            "list": may_list,
            "sign": may_sign,
        },
        "certificate": certificates.certificate_of(actor.staff_id) if actor.staff_id and may_sign else None,
    }
    return render(request, "site/home.html", page)


@public("changes only the language of the own browser")
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Vietnamese and English."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("language", "vi")
    if request.method == "POST" and chosen in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


@public("tells only that the house is up")
def health(request: HttpRequest) -> HttpResponse:
    """For the operator's watch: is the database answering?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"up": True})


@route("signing.certificate.own", methods=("GET", "POST"))
def my_certificate(request: HttpRequest) -> HttpResponse:
    """The own signing certificate: made by the facility's authority or imported, opened by a PIN."""
    actor = actor_of(request)
    if actor.staff_id is None:
        raise Refused(_("Tài khoản chưa gắn với nhân viên"), code="no_staff")
    staff, errors = facility.staff(actor.staff_id), []
    if request.method == "POST":
        pin, upload = request.POST.get("pin", ""), request.FILES.get("file")
        try:
            if pin != request.POST.get("again", ""):
                raise Refused(_("Hai lần nhập PIN không giống nhau"), code="pin_differs")
            if upload is not None:
                data = upload.read(PKCS12_BYTES_MAX)
                certificates.import_certificate(staff, data, request.POST.get("password", ""), pin, actor=actor)
            else:
                certificates.issue_certificate(staff, pin, actor=actor)
        except SaysNo as no:
            errors = no.errors if isinstance(no, Invalid) else []
            messages.error(request, no.message)
        else:
            messages.success(request, _("Chứng thư đã sẵn sàng; dùng PIN để ký"))
            return HttpResponseRedirect(reverse("site:my_certificate"))
    found = certificates.certificate_of(actor.staff_id)
    page = {
        "certificate": found,
        "subject": _said_of(found.subject) if found else [],
        "issuer": dict(_said_of(found.issuer)).get(_("Họ tên"), found.issuer) if found else "",
        "errors": errors,
    }
    return render(request, "site/certificate.html", page, status=422 if errors else 200)


def _said_of(name: str) -> list[tuple[str, str]]:
    """The parts of a certificate's name that a person knows, in words (RFC 4514; 2.5.4.12 is the job title, 2.5.4.5
    the number of the practising licence)."""
    words = {"CN": _("Họ tên"), "2.5.4.12": _("Chức danh"), "2.5.4.5": _("Số giấy phép hành nghề"), "O": _("Cơ sở")}
    parts = {}
    for part in re.split(r"(?<!\\)[,+]", name):
        key, _equals, value = part.partition("=")
        parts[key] = re.sub(r"\\(.)", r"\1", value)
    return [(word, parts[key]) for key, word in words.items() if parts.get(key)]
