"""Pages: the board of departments, one department with its gates and its patients in treatment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.audit import services as audit
from benhan.facility.models import Department
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.records import opening
from benhan.records import queries as records
from benhan.records.models import MEDIA, MedicalRecord
from benhan.rollout.papers import xlsx
from benhan.rollout.readiness.tabs import tabs
from benhan.rollout.stopping import bars, queries, services
from benhan.rollout.stopping.gates import gates_for
from benhan.rollout.stopping.models import PHASES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _department(department_id: UUID) -> Department:
    return queries.department(department_id)


def _record(record_id: UUID) -> MedicalRecord:
    return records.record(record_id)


@route("stopping.phase.read")
def board(request: HttpRequest) -> HttpResponse:
    """Every department's phase, paper still open, prints a week, and what is still printed and why."""
    weeks = queries.prints_by_week()
    page = {
        "tabs": tabs(request, "stopping:board"),
        "standings": queries.standings(),
        "begun": queries.is_begun(),
        "paper": queries.paper_open(),
        "media": MEDIA,
        "chart": bars.drawn([(f"{week:%d/%m}", count) for week, count in weeks]),
        "weeks": weeks,
        "printed": queries.printed_forms(),
    }
    return render(request, "stopping/board.html", page)


@route("stopping.phase.read")
def paper_xlsx(request: HttpRequest) -> HttpResponse:
    """Open records on paper as a table (numbers and departments, no names)."""
    columns = [_("Số hồ sơ"), _("Khoa"), _("Hình thức"), _("Mở lúc"), _("Trạng thái")]
    rows: list[list[Any]] = [
        [
            r.record_number,
            r.department.name if r.department else "",
            MEDIA[r.medium],
            clock.local(r.opened_at),
            r.get_record_state_display(),
        ]
        for r in queries.paper_open()
    ]
    book = xlsx.book()
    xlsx.sheet(book, _("Hồ sơ còn giấy"), columns, rows)
    answer = HttpResponse(xlsx.data(book), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="paper-open-{clock.today():%Y%m%d}.xlsx"'
    return answer


@route("stopping.phase.read", load=_department)
def department_page(request: HttpRequest, department: Department) -> HttpResponse:
    """One department: gates of the next step, patients in treatment with the medium of their records, decisions."""
    return _draw(request, department, [])


def _draw(request: HttpRequest, department: Department, errors: list[FieldError]) -> HttpResponse:
    actor, phase = actor_of(request), queries.phase_of(department)
    order = list(PHASES)
    here = order.index(phase)
    steps = [(p, PHASES[p], gates_for(department, p)) for p in order[here + 1 : here + 2]]
    rows = queries.in_treatment(department)
    page = {
        "tabs": tabs(request, "stopping:board"),
        "department": department,
        "phase": phase,
        "decided": bool(queries.changes(department)),
        "phases": PHASES,
        "next": steps[0] if steps else None,
        "back": [(p, PHASES[p]) for p in order[:here]][-1:],
        "rows": rows,
        # One question for the whole list: all of them are in treatment, and the rule knows no relation; the door asks again.
        "may_set": bool(rows) and gate.allowed(actor, "records.record.medium", rows[0]),
        "names": gate.allowed(actor, "records.record.list"),  # who administers the system sees numbers only
        "media": MEDIA,
        "changes": queries.changes(department),
        "may_change": gate.allowed(actor, "stopping.phase.change"),
        "reason": request.POST.get("reason", ""),
        "errors": errors,
    }
    if page["names"]:  # each person's log says who saw the name
        for r in rows:
            audit.record("records.record.list", patient_id=r.patient_id, record_id=r.pk)
    return render(request, "stopping/department.html", page, status=422 if errors else 200)


@route("stopping.phase.change", load=_department, methods=("POST",))
def change(request: HttpRequest, department: Department) -> HttpResponse:
    """Move the department to another phase."""
    try:
        made = services.change_phase(
            department, request.POST.get("to_phase", ""), reason=request.POST.get("reason", ""), actor=actor_of(request)
        )
    except Invalid as no:
        return _draw(request, department, no.errors)
    messages.success(
        request, _("%(name)s: %(phase)s từ bây giờ") % {"name": department.name, "phase": PHASES[made.to_phase]}
    )
    return HttpResponseRedirect(reverse("stopping:department", kwargs={"department_id": department.pk}))


@route("records.record.medium", load=_record, methods=("POST",))
def medium(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """Let a patient in treatment finish on paper, or go on electronically from now."""
    try:
        opening.set_medium(
            record, request.POST.get("medium", ""), reason=request.POST.get("reason", ""), actor=actor_of(request)
        )
        messages.success(request, _("Đã ghi hình thức của hồ sơ %(n)s") % {"n": record.record_number})
    except Invalid as no:
        messages.error(request, "; ".join(e.message for e in no.errors))
    if record.department_id is None:
        return HttpResponseRedirect(reverse("stopping:board"))
    return HttpResponseRedirect(reverse("stopping:department", kwargs={"department_id": record.department_id}))
