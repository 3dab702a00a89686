"""Pages of the log: who has seen this patient, what has this user seen, the whole log, is it whole?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benhan.access import queries as accounts
from benhan.access.intake import whole_number
from benhan.access.web import route
from benhan.audit import queries as audit
from benhan.audit import verify
from benhan.kernel import clock
from benhan.kernel.errors import FieldError
from benhan.law import retention
from benhan.law.retention import RetentionClass
from benhan.patients import queries as patients
from benhan.patients.merging import family_ids
from benhan.patients.models import Patient
from benhan.records import queries as records
from benhan.site import log_words

PAPERS = ("document", "documentversion")
OUTCOMES = {
    "ok": gettext_noop("Thực hiện"),
    "refused": gettext_noop("Bị từ chối"),
    "failed": gettext_noop("Thất bại"),
}
# A longer log is verified on the command line, not while a browser waits (about 25,000 rows a second).
VERIFY_ROWS_MAX = 200_000


def _key(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("key", ""))


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked in audit.SORTS else "newest"


def _page(
    request: HttpRequest,
    listed: audit.LogPage,
    title: str,
    *,
    patient: Patient | None = None,
    filters: dict[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> HttpResponse:
    # Which paper it was is told only beside its patient: the administrator reads the log and no record.
    papers = [e.object_id for e in listed.events if e.object_type in PAPERS] if patient else []
    kept = {name: value for name, value in request.GET.items() if name != "key" and value}
    page = {
        "listed": listed,
        "title": title,
        "patient": patient,
        "titles": records.document_titles(papers),
        "words": log_words,
        "filters": filters,
        "errors": errors,
        "outcomes": [(code, _(label)) for code, label in OUTCOMES.items()],
        "sort": _sort(request),
        "kept": kept,
    }
    return render(request, "site/audit.html", page)


@route("site.audit.patient", load=patients.patient)
def by_patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Who has seen this patient (AUD-04)?"""
    listed = audit.who_has_seen(family_ids(patient), key=_key(request), sort=_sort(request))
    return _page(request, listed, _("Ai đã xem người bệnh này"), patient=patient.living)


@route("site.audit.read")
def by_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """What has this user done and seen?"""
    account = accounts.account(account_id)
    title = _("Người dùng %(name)s đã xem gì") % {"name": account.display_name}
    return _page(request, audit.seen_by(account.pk, key=_key(request), sort=_sort(request)), title)


@route("site.audit.read")
def log(request: HttpRequest) -> HttpResponse:
    """The whole log with filters. What cannot be meant is told at its field, and the log shown as if it was not asked."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("from", "to", "action", "outcome")}
    errors: list[FieldError] = []
    filters = audit.Filters(
        action=asked["action"],
        outcome=asked["outcome"] if asked["outcome"] in OUTCOMES else "",
        from_at=_day(asked["from"], "from", errors),
        to_at=_day(asked["to"], "to", errors, days=1),
    )
    listed = audit.events(filters, key=_key(request), sort=_sort(request))
    return _page(request, listed, _("Nhật ký truy cập"), filters=asked, errors=errors)


def _day(text: str, name: str, errors: list[FieldError], *, days: int = 0) -> datetime | None:
    """The start of a calendar day at the facility, `days` later."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
        return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        errors.append(FieldError(name, "date", _("Ngày chưa đúng")))
        return None


@route("site.audit.read", methods=("GET", "POST"))
def verify_log(request: HttpRequest) -> HttpResponse:
    """Is the log whole? A look tells how far it is signed; only a press walks all of it."""
    size = audit.size()
    too_long = size > VERIFY_ROWS_MAX
    report = verify.verify() if request.method == "POST" and not too_long else None
    page = {
        "report": report,
        "size": size,
        "too_long": too_long,
        "head": audit.latest_tree_head(),
        "oldest": audit.oldest(),
        "keep": _keep(),
    }
    return render(request, "site/audit_verify.html", page)


def _keep() -> list[tuple[RetentionClass, date | None]]:
    """How long the law asks to keep each part of the log (AUD-05, AUD-06), and until when what is written today."""
    return [(c, c.until(clock.today())) for c in retention.of_rules("access_log", "security_log")]
