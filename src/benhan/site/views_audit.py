"""Pages of the log: who has seen this patient, what has this user seen, the whole log, is it whole?"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from benhan.access import queries as accounts
from benhan.access.intake import whole_number
from benhan.access.web import route
from benhan.audit import queries as audit
from benhan.audit import verify
from benhan.kernel import clock
from benhan.law import retention
from benhan.law.retention import RetentionClass
from benhan.patients import queries as patients
from benhan.patients.merging import family_ids
from benhan.patients.models import Patient
from benhan.records import queries as records
from benhan.site import log_words

PAPERS = ("document", "documentversion")


def _key(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("key", ""))


def _page(request: HttpRequest, listed: audit.LogPage, title: str, patient: Patient | None = None) -> HttpResponse:
    # Which paper it was is told only beside its patient: the administrator reads the log and no record.
    papers = [e.object_id for e in listed.events if e.object_type in PAPERS] if patient else []
    page = {
        "listed": listed,
        "title": title,
        "patient": patient,
        "titles": records.document_titles(papers),
        "words": log_words,
    }
    return render(request, "site/audit.html", page)


@route("site.audit.patient", load=patients.patient)
def by_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who has seen this patient (AUD-04)?"""
    listed = audit.who_has_seen(family_ids(patient), key=_key(request))
    return _page(request, listed, _("Ai đã xem người bệnh này"), patient.living)


@route("site.audit.read")
def by_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """What has this user done and seen?"""
    account = accounts.account(account_id)
    title = _("Người dùng %(name)s đã xem gì") % {"name": account.display_name}
    return _page(request, audit.seen_by(account.pk, key=_key(request)), title)


@route("site.audit.read")
def log(request: HttpRequest) -> HttpResponse:
    """The whole log, newest first."""
    return _page(request, audit.events(audit.Filters(), key=_key(request)), _("Nhật ký truy cập"))


@route("site.audit.read")
def verify_log(request: HttpRequest) -> HttpResponse:
    """Walk the log and say whether it is whole."""
    page = {"report": verify.verify(), "head": audit.latest_tree_head(), "oldest": audit.oldest(), "keep": _keep()}
    return render(request, "site/audit_verify.html", page)


def _keep() -> list[tuple[RetentionClass, date | None]]:
    """How long the law asks to keep each part of the log (AUD-05, AUD-06), and until when what is written today."""
    return [(c, c.until(clock.today())) for c in retention.of_rules("access_log", "security_log")]
