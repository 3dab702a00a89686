"""Pages of the log: who has seen this patient, what has this user seen, the whole log, is it whole?"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from benhan.access import queries as accounts
from benhan.access.intake import whole_number
from benhan.access.web import route
from benhan.audit import queries as audit
from benhan.audit import verify
from benhan.patients import queries as patients
from benhan.patients.models import Patient


def _key(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("key", ""))


@route("site.audit.patient", load=patients.patient)
def by_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who has seen this patient (AUD-04)?"""
    page = {
        "listed": audit.who_has_seen(patient.pk, key=_key(request)),
        "title": _("Ai đã xem người bệnh này"),
        "patient": patient,
    }
    return render(request, "site/audit.html", page)


@route("site.audit.read")
def by_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """What has this user done and seen?"""
    account = accounts.account(account_id)
    page = {
        "listed": audit.seen_by(account.pk, key=_key(request)),
        "title": _("Người dùng %(name)s đã xem gì") % {"name": account.display_name},
        "patient": None,
    }
    return render(request, "site/audit.html", page)


@route("site.audit.read")
def log(request: HttpRequest) -> HttpResponse:
    """The whole log, newest first."""
    page = {"listed": audit.events(audit.Filters(), key=_key(request)), "title": _("Nhật ký truy cập"), "patient": None}
    return render(request, "site/audit.html", page)


@route("site.audit.read")
def verify_log(request: HttpRequest) -> HttpResponse:
    """Walk the log and say whether it is whole."""
    return render(request, "site/audit_verify.html", {"report": verify.verify(), "head": audit.latest_tree_head()})
