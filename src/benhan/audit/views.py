"""Pages of the log as plain functions. The gate lies above: `site` puts each behind a route and its permission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from benhan.audit import queries
from benhan.audit.models import AuditHead
from benhan.audit.rows import OUTCOMES
from benhan.audit.verify import verify
from benhan.kernel.errors import FieldError, Invalid

# A longer log is verified on the command line, not while a browser waits (about 40,000 rows a second).
VERIFY_ROWS_MAX = 200_000
_NUMBER_DIGITS_MAX = 18


def patient_log(
    request: HttpRequest, patient_ids: Sequence[object], *, heading: str, patient: Any = None
) -> HttpResponse:
    """ "Ai đã xem người bệnh này": everybody who saw or changed this patient's data (AUD-04). `patient`, when given,
    is shown in the patient banner."""
    page = queries.who_has_seen(patient_ids, key=_key(request), sort=_sort(request))
    return _list(request, page, _("Ai đã xem người bệnh này"), heading, patient=patient)


def account_log(request: HttpRequest, account_id: object, *, heading: str) -> HttpResponse:
    """ "Người dùng này đã xem gì": everything one account did and saw (AUD-04)."""
    page = queries.seen_by(account_id, key=_key(request), sort=_sort(request))
    return _list(request, page, _("Người dùng này đã xem gì"), heading)


def record_log(request: HttpRequest, record_id: object, *, heading: str, patient: Any = None) -> HttpResponse:
    """ "Ai đã xem hồ sơ này": everything that happened to one medical record (AUD-01)."""
    page = queries.of_record(record_id, key=_key(request), sort=_sort(request))
    return _list(request, page, _("Ai đã xem hồ sơ này"), heading, patient=patient)


def log(request: HttpRequest) -> HttpResponse:
    """ "Nhật ký chung": the whole log with filters. Invalid: a date or an outcome nobody can mean."""
    asked = request.GET
    filters = queries.Filters(
        account_id=asked.get("account", "").strip()[:36],
        action=asked.get("action", "").strip()[:60],
        outcome=_outcome(asked.get("outcome", "")),
        from_at=_day(asked.get("from", ""), "from"),
        to_at=_day(asked.get("to", ""), "to", days=1),
    )
    page = queries.events(filters, key=_key(request), sort=_sort(request))
    return _list(request, page, _("Nhật ký chung"), "", filters=asked)


def integrity(request: HttpRequest) -> HttpResponse:
    """ "Kiểm tra toàn vẹn": GET tells how far the log is signed, POST verifies it (a long log: on the command line)."""
    size = AuditHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    too_long = size > VERIFY_ROWS_MAX
    report = verify() if request.method == "POST" and not too_long else None
    context = {"size": size, "too_long": too_long, "report": report, "signed": queries.latest_tree_head()}
    return render(request, "audit/integrity.html", context)


def _list(
    request: HttpRequest, page: queries.LogPage, title: str, heading: str, *, filters: Any = None, patient: Any = None
) -> HttpResponse:
    kept = {name: value for name, value in request.GET.items() if name != "key" and value}
    following = f"?{urlencode({**kept, 'key': page.next_key})}" if page.next_key is not None else ""
    first = f"?{urlencode(kept)}" if "key" in request.GET else ""
    context = {
        "title": title,
        "heading": heading,
        "events": page.events,
        "following": following,
        "first": first,
        "filters": filters,
        "patient": patient,
        "outcomes": [(code, _(label)) for code, label in OUTCOME_LABELS.items()],
        "outcome_labels": {code: _(label) for code, label in OUTCOME_LABELS.items()},
        "sort": _sort(request),
    }
    return render(request, "audit/log.html", context)


OUTCOME_LABELS = {"ok": "Thực hiện", "refused": "Bị từ chối", "failed": "Thất bại"}


def _key(request: HttpRequest) -> int | None:
    text = request.GET.get("key", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS_MAX else None


def _sort(request: HttpRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked in queries.SORTS else "newest"


def _outcome(text: str) -> str:
    if text and text not in OUTCOMES:
        raise Invalid([FieldError("outcome", "unknown", _("Kết quả không có trong danh mục"))])
    return text


def _day(text: str, name: str, *, days: int = 0) -> datetime | None:
    """The start of a calendar day at the facility, `days` later."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise Invalid([FieldError(name, "date", _("Ngày chưa đúng"))]) from error
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
