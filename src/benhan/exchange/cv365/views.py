"""Pages: the file of one record, judged and handed out; files that came."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.exchange.cv365 import exporting, importing, queries, reader
from benhan.kernel.errors import FieldError, Invalid, Refused
from benhan.records import queries as records
from benhan.records.models import MedicalRecord


def _record(record_id: UUID) -> MedicalRecord:
    return records.record(record_id)


@route("cv365.record.export", load=_record, methods=("GET", "POST"))
def export(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """What the file would hold and whether it may leave; a POST hands it over."""
    errors: list[FieldError] = []
    if request.method == "POST":
        try:
            handed = exporting.export(
                record,
                form=request.POST.get("format", "zip"),
                asked_by=request.POST.get("asked_by", ""),
                reason=request.POST.get("reason", ""),
                actor=actor_of(request),
            )
        except Invalid as no:
            errors = no.errors
        except Refused as no:
            errors = [FieldError("format", no.code, no.message)]
        else:
            answer = HttpResponse(handed.data, content_type=handed.mime)
            answer["Content-Disposition"] = f'attachment; filename="{handed.name}"'
            return answer
    model, faults = exporting.built(record)
    page = {
        "record": record,
        "groups": queries.filled(model),
        "faults": faults,
        "exports": queries.exports_of(record),
        "typed": {"asked_by": request.POST.get("asked_by", ""), "reason": request.POST.get("reason", "")},
        "errors": errors,
    }
    return render(request, "cv365/export.html", page, status=422 if errors else 200)


@route("cv365.import.read")
def arrivals(request: HttpRequest) -> HttpResponse:
    """Files that came, with the answer to each."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    page = {
        "rows": queries.arrivals(),
        "may_run": gate.allowed(actor_of(request), "cv365.import.run"),
        "typed": {"facility_code": request.POST.get("facility_code", "")},
        "errors": errors,
    }
    return render(request, "cv365/arrivals.html", page, status=422 if errors else 200)


@route("cv365.import.run", methods=("POST",))
def upload(request: HttpRequest) -> HttpResponse:
    """Take one file."""
    file = request.FILES.get("file")
    data = file.read(reader.BYTES_MAX + 1) if file else b""
    code = request.POST.get("facility_code", "")
    try:
        row = importing.take(data, file.name or "" if file else "", facility_code=code, actor=actor_of(request))
    except Invalid as no:
        return _draw(request, no.errors)
    if row.result == "refused":
        messages.error(request, _("Tệp bị từ chối; lý do ở dòng đầu bảng. Tệp được giữ nguyên."))
    else:
        messages.success(
            request, _("Đã nhận tệp") if row.result == "taken" else _("Tệp này đã nhận trước đây, không đổi gì")
        )
    return HttpResponseRedirect(reverse("cv365:arrivals"))
