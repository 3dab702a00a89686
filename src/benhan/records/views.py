"""Pages of a record: the worklist, the record itself, and the steps of its life."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.facility import queries as facility
from benhan.forms.definition import Field
from benhan.forms.page import read
from benhan.kernel.errors import FieldError, Invalid, SaysNo
from benhan.law import codes, registry
from benhan.patients import queries as patients
from benhan.patients.merging import require_living
from benhan.patients.models import Patient
from benhan.records import answers, closing, completeness, opening, queries
from benhan.records.lifecycle import RECORD_STATES
from benhan.records.models import MedicalRecord
from benhan.records.offered import offered
from benhan.signing.certificates import time_stamper

TABS = ("open", "discharged", "closed", "supplementing", "sealed")
MAY = {
    "write": "records.document.write",
    "export": "archive.record.export",
    **{v: f"records.record.{v}" for v in ("discharge", "close", "reopen", "seal", "supplement", "assign")},
}
_WHEN = Field(id="at", label_vi="", label_en="", type="datetime")


@route("records.record.list")
def worklist(request: HttpRequest) -> HttpResponse:
    """The records of my wards, by state."""
    state = request.GET.get("state", "open")
    state = state if state in TABS else "open"
    actor = actor_of(request)
    page = {
        "records": queries.worklist(actor, record_state=state),
        "state": state,
        "tabs": [(t, RECORD_STATES[t]) for t in TABS],
        "drafts": queries.drafts_of(actor),
        "waiting": answers.waiting_for_result(actor),
        "answers_first": "technician" in actor.roles,
    }
    return render(request, "records/worklist.html", page)


@route("records.record.read", load=queries.record)
def record_page(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """One record: its documents in order, what may be done now."""
    actor = actor_of(request)
    listed, listing = _listed(request, record)
    counts = queries.form_counts(record)
    may = gate.permitted(actor, record, MAY)
    page = {
        "record": record,
        "patient": record.person,
        "listed": listed,
        "listing": listing,
        "forms": [(code, f"{_form_name(code)} ({n})") for code, n in sorted(counts.items(), key=lambda c: -c[1])],
        "writable": offered(record, actor_roles(actor), counts) if may["write"] else [],
        "drafts": queries.drafts_of(actor, record),
        "events": queries.events(record),
        "seals": queries.seals(record),
        "gaps": completeness.gaps(record) if record.record_state == "discharged" else [],
        "results": codes.entries("ket_qua_dtri"),
        "discharge_types": codes.entries("ma_loai_rv"),
        "sheets": _sheets(counts),
        "doctors": facility.doctors(record.department_id),
        "may": may,
        "type_name": registry.record_types().get(record.record_type, {}).get("name_vi", record.record_type),
    }
    return render(request, "records/record.html", page)


def actor_roles(actor: object) -> frozenset[str]:
    """Roles and position of an actor, as the forms' writers name them."""
    return frozenset(getattr(actor, "roles", frozenset())) | {getattr(actor, "position", "")}


def _sheets(used: Iterable[str]) -> list[tuple[str, str]]:
    """Forms of this record whose entries print as one sheet."""
    named = [(c, registry.versions(c)[-1]) for c in used if registry.versions(c)]
    return [(code, form.name_vi) for code, form in named if form.repeats == "entry"]


def _form_name(code: str) -> str:
    versions = registry.versions(code)
    return versions[-1].name_vi if versions else code


def _listed(request: HttpRequest, record: MedicalRecord) -> tuple[queries.DocumentPage, dict[str, str]]:
    """One page of documents as asked, and what was asked, for the next links. While people work in a record the newest
    stand first; a closed one reads from the beginning, like the paper."""
    asked = {name: request.GET.get(name, "")[:60] for name in ("form", "show", "order", "page")}
    if asked["order"] not in ("newest", "oldest"):
        asked["order"] = "newest" if record.record_state in ("open", "supplementing") else "oldest"
    only = queries.DocumentFilter(asked["form"], asked["show"] == "unsigned", asked["order"] == "newest")
    number = asked.pop("page")
    page = int(number) if number.isascii() and number.isdigit() else 1
    return queries.documents(record, page=page, only=only), asked


@route("records.record.open", load=patients.patient, methods=("GET", "POST"))
def open_record(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Open a record for a patient who arrived."""
    require_living(patient)
    values, errors = request.POST, []
    if request.method == "POST":
        try:
            department = facility.department_by_code(values.get("department", ""))
            attending = facility.staff_or_none(values.get("attending", ""))
            record = opening.open_record(
                patient,
                record_type=values.get("record_type", ""),
                department=department,
                attending=attending,
                actor=actor_of(request),
                reason=values.get("reason", ""),
                room=values.get("room", "")[:50],
                bed=values.get("bed", "")[:50],
                started_at=_moment(values.get("started_at", "")),
            )
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã mở hồ sơ %(number)s") % {"number": record.record_number})
            may_read = gate.allowed(actor_of(request), "records.record.read", record)
            target = (
                reverse("records:record", kwargs={"record_id": record.pk})
                if may_read
                else reverse("patients:patient", kwargs={"patient_id": patient.pk})
            )
            return HttpResponseRedirect(target)
    page = {
        "patient": patient,
        "errors": errors,
        "values": values,
        "types": list(opening.types_opened().items()),
        "departments": facility.departments(kind="clinical"),
        "doctors": facility.doctors(),
    }
    return render(request, "records/open.html", page, status=422 if errors else 200)


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    typed = read(_WHEN, text.strip(), ZoneInfo(settings.TIME_ZONE))
    try:
        return datetime.fromisoformat(typed)
    except ValueError as error:
        raise Invalid([FieldError("started_at", "format", "Nhập ngày giờ dạng ngày/tháng/năm giờ:phút")]) from error


def _step(request: HttpRequest, record: MedicalRecord, verb: Callable[[], object], done: str) -> HttpResponse:
    """Run one verb of the record's life; a refusal becomes a message on the record's page."""
    try:
        verb()
    except SaysNo as no:
        detail = "; ".join(e.message for e in no.errors[:8]) if isinstance(no, Invalid) else ""
        messages.error(request, f"{no.message}{': ' + detail if detail else ''}")
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("records:record", kwargs={"record_id": record.pk}))


@route("records.record.discharge", load=queries.record, methods=("POST",))
def discharge(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Let the patient leave."""

    def verb() -> object:
        return closing.discharge(
            record,
            actor=actor_of(request),
            at=_moment(request.POST.get("at", "")),
            result=request.POST.get("result", ""),
            discharge_type=request.POST.get("discharge_type", ""),
        )

    return _step(request, record, verb, _("Đã ghi nhận ra viện"))


@route("records.record.discharge", load=queries.record, methods=("POST",))
def undo_discharge(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Take a discharge back."""
    return _step(
        request,
        record,
        lambda: closing.undo_discharge(record, actor=actor_of(request), reason=request.POST.get("reason", "")),
        _("Đã hủy ra viện"),
    )


@route("records.record.close", load=queries.record, methods=("POST",))
def close(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Close a complete record."""
    return _step(
        request, record, lambda: closing.close(record, actor=actor_of(request)), _("Hồ sơ đã kết thúc, chờ niêm phong")
    )


@route("records.record.reopen", load=queries.record, methods=("POST",))
def reopen(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Reopen a closed record."""
    return _step(
        request,
        record,
        lambda: closing.reopen(record, actor=actor_of(request), reason=request.POST.get("reason", "")),
        _("Đã mở lại hồ sơ"),
    )


@route("records.record.seal", load=queries.record, methods=("POST",))
def seal(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Seal a closed record."""
    return _step(
        request,
        record,
        lambda: closing.seal(record, actor=actor_of(request), tsa=time_stamper()),
        _("Đã niêm phong hồ sơ"),
    )


@route("records.record.supplement", load=queries.record, methods=("POST",))
def supplement(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Open a supplement on a sealed record."""
    return _step(
        request,
        record,
        lambda: closing.supplement(record, actor=actor_of(request), reason=request.POST.get("reason", "")),
        _("Đã mở phần bổ sung; ghi và ký giấy bổ sung rồi niêm phong lại"),
    )


@route("records.record.assign", load=queries.record, methods=("POST",))
def assign(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Change the attending doctor or move to another department."""

    def verb() -> object:
        actor = actor_of(request)
        doctor = facility.staff_or_none(request.POST.get("attending", ""))
        if code := request.POST.get("department", ""):
            return opening.transfer(record, facility.department_by_code(code), actor=actor, attending=doctor)
        return opening.assign(record, actor=actor, attending=doctor)

    return _step(request, record, verb, _("Đã phân công"))
