"""What facilities reach without an account: the address that takes signed reports, and the form behind a link."""

from __future__ import annotations

import json
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from benhan.access.intake import whole_number
from benhan.access.middleware import address_of
from benhan.access.web import public
from benhan.audit import services as audit
from benhan.kernel.errors import FieldError, NotFound, Refused
from benhan.law.rollout import points
from benhan.rollout import status_report
from benhan.rollout.authority import services, sheet
from benhan.rollout.authority.models import Place
from benhan.rollout.status_report import COUNTS

A_MINUTE = 60
POSTS_MAX = 60  # from one address in a minute; a facility sends one a day
CODES = {
    "too_big": 413,
    "unknown_place": 403,
    "not_enrolled": 403,
    "wrong_signature": 403,
    "other_seal": 403,
    "replayed": 409,
}


def _too_often(request: HttpRequest) -> bool:
    key = f"authority:{address_of(request)}"
    cache.add(key, 0, A_MINUTE)
    try:
        return cache.incr(key) > POSTS_MAX
    except ValueError:  # it ran out between the two lines
        return False


def _no(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


@csrf_exempt
@public("facilities send signed reports here; the signature of the enrolled seal is the permission")
def receive(request: HttpRequest) -> HttpResponse:
    """Take one signed report. 201 taken; 4xx with a stable code and the reason."""
    if request.method != "POST":
        return _no("method", _("Gửi báo cáo bằng POST"), 405)
    source = address_of(request)
    if _too_often(request):
        return _no("too_often", _("Gửi quá nhiều trong một phút; hãy chờ"), 429)
    length = whole_number(str(request.META.get("CONTENT_LENGTH") or "0"))
    try:
        with audit.collect():
            if length is None or length > status_report.BYTES_MAX:
                services.refuse_big(length or 0, origin="https", source=source)
            taken = services.take(request.read(status_report.BYTES_MAX + 1), origin="https", source=source)
    except Refused as no:
        return _no(no.code, no.message, CODES.get(no.code, 422))
    return JsonResponse({"accepted": True, "serial": taken.serial, "message": _("đã nhận")}, status=201)


@public("the link itself is the permission: a facility without the program reports here")
def form(request: HttpRequest, token: str) -> HttpResponse:
    """The small form of a facility without the program."""
    place = services.place_of_link(token)
    if place is None:
        raise NotFound
    errors: list[FieldError] = []
    sent = False
    if request.method == "POST":
        if _too_often(request):
            return HttpResponse(
                _("Gửi quá nhiều trong một phút; hãy chờ"), status=429, content_type="text/plain; charset=utf-8"
            )
        report, errors = _typed(request, place)
        if not errors:
            try:
                with audit.collect():
                    services.take_unsigned(
                        place,
                        report,
                        origin="form",
                        source=address_of(request),
                        by=request.POST.get("by", "")[:255],
                    )
                sent = True
            except Refused as no:
                errors = [FieldError("by", no.code, no.message)]
    page = {
        "place": place,
        "points": points(),
        "results": [("pass", _("đạt")), ("fail", _("chưa đạt")), ("statement", _("chờ xác nhận"))],
        "phases": [("paper", _("Khoa còn giấy")), ("parallel", _("Khoa song song")), ("electronic", _("Khoa điện tử"))],
        "counts": sheet.COUNT_NAMES.items(),
        "plan": [("total", _("Tổng số việc của kế hoạch")), ("done", _("Việc đã xong")), ("late", _("Việc quá hạn"))],
        "typed": dict(request.POST.items()),
        "sent": sent,
        "errors": errors,
    }
    return render(request, "authority/form.html", page, status=422 if errors else 200)


def _typed(request: HttpRequest, place: Place) -> tuple[dict[str, Any], list[FieldError]]:
    """What was typed as a report, with every fault named."""
    errors: list[FieldError] = []

    def number(name: str) -> int:
        text = request.POST.get(name, "").strip().replace(".", "") or "0"
        value = whole_number(text)
        if value is None or value > 1_000_000:
            errors.append(FieldError(name, "number", _("Ghi số nguyên từ 0")))
            return 0
        return value

    results = []
    for point in points():
        chosen = request.POST.get(f"point-{point.code}", "")
        if chosen not in status_report.RESULTS:
            errors.append(
                FieldError(f"point-{point.code}", "choice", _("Chọn kết quả của điểm %(p)s") % {"p": point.code})
            )
        results.append({"code": point.code, "result": chosen})
    departments = [
        {"code": f"{phase[:3].upper()}{n}", "phase": phase}
        for phase in ("paper", "parallel", "electronic")
        for n in range(1, min(number(phase), 60) + 1)
    ]
    report = sheet.made(
        code=place.code,
        name=place.name,
        kind=place.kind,
        points=results,
        departments=departments,
        counts={name: number(name) for name in COUNTS},
        plan={
            "due": request.POST.get("due") or None,
            "total": number("total"),
            "done": number("done"),
            "late": number("late"),
        },
        announced_on=request.POST.get("announced_on") or None,
    )
    if not request.POST.get("by", "").strip():
        errors.append(FieldError("by", "required", _("Ghi họ tên, chức vụ người báo cáo")))
    report["serial"] = services.next_serial(place)
    return json.loads(json.dumps(report)), errors
