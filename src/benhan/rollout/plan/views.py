"""Pages: the plan as chart and table, one task, the files."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid, NotFound
from benhan.law.rollout import DEADLINE
from benhan.rollout.papers import docx as word
from benhan.rollout.papers import pdf as drawn
from benhan.rollout.plan import calendar_file, gantt, paper, queries, services
from benhan.rollout.plan.models import Plan, Task
from benhan.rollout.readiness.tabs import tabs

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPED = ("title", "owner", "person", "starts", "days", "note", "quantity", "price", "budget_item", "budget_unit")


def _task(task_id: UUID) -> Task:
    return queries.task(task_id)


def _plan() -> Plan:
    found = queries.current()
    if found is None:
        raise NotFound(_("Chưa lập kế hoạch"))
    return found


@route("plan.plan.read")
def plan(request: HttpRequest) -> HttpResponse:
    """The plan: chart, table, budget; a way to make one when there is none."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    found = queries.current()
    rows = queries.rows(found) if found else []
    page = {
        "tabs": tabs(request, "plan:plan"),
        "plan": found,
        "rows": rows,
        "chart": gantt.drawn(rows, found.due) if found else "",
        "late_days": queries.overdue_days(found) if found else 0,
        "progress": queries.progress(found) if found else {},
        "budget": queries.budget(found) if found else ([], 0),
        "may_write": gate.allowed(actor_of(request), "plan.plan.write"),
        "departments": facility.departments(kind="clinical"),
        "deadline": DEADLINE,
        "owners": list(queries.OWNERS.items()),
        "typed": {name: request.POST.get(name, "") for name in TYPED},
        "errors": errors,
    }
    return render(request, "plan/plan.html", page, status=422 if errors else 200)


@route("plan.plan.write", methods=("POST",))
def make(request: HttpRequest) -> HttpResponse:
    """Make a plan."""
    try:
        due = date.fromisoformat(request.POST.get("due", ""))
        code = request.POST.get("trial", "")
        trial = facility.department_by_code(code) if code else services.trial_default()
        services.make(due=due, trial=trial, actor=actor_of(request))
    except ValueError:
        return _draw(request, [FieldError("due", "date", _("Ngày không hợp lệ"))])
    except Invalid as no:
        return _draw(request, no.errors)
    messages.success(request, _("Đã lập kế hoạch từ các việc còn thiếu; hãy xem lại từng việc."))
    return HttpResponseRedirect(reverse("plan:plan"))


@route("plan.plan.write", methods=("POST",))
def refresh(request: HttpRequest) -> HttpResponse:
    """Bring the plan up to today's gaps."""
    added, closed = services.refresh(_plan(), actor=actor_of(request))
    messages.success(request, _("Thêm %(a)s việc, %(c)s việc hệ thống thấy đã xong") % {"a": added, "c": closed})
    return HttpResponseRedirect(reverse("plan:plan"))


@route("plan.plan.write", methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Add an own task."""
    typed = {name: request.POST[name] for name in ("title", "owner", "starts", "days") if name in request.POST}
    try:
        services.add_task(_plan(), typed, after=request.POST.getlist("after"), actor=actor_of(request))
    except Invalid as no:
        return _draw(request, no.errors)
    messages.success(request, _("Đã thêm việc"))
    return HttpResponseRedirect(reverse("plan:plan"))


@route("plan.plan.write", load=_task, methods=("GET", "POST"))
def task_page(request: HttpRequest, task: Task) -> HttpResponse:
    """Change one task."""
    errors: list[FieldError] = []
    typed = {name: getattr(task, name) for name in TYPED}
    if request.method == "POST":
        given = {name: request.POST[name] for name in (*TYPED, "done") if name in request.POST}
        try:
            services.change_task(task, given, actor=actor_of(request))
        except Invalid as no:
            errors, typed = no.errors, {**typed, **given}
        else:
            messages.success(request, _("Đã lưu; các việc sau được xếp lại."))
            return HttpResponseRedirect(reverse("plan:plan"))
    page = {
        "tabs": tabs(request, "plan:plan"),
        "task": task,
        "typed": typed,
        "owners": list(queries.OWNERS.items()),
        "errors": errors,
    }
    return render(request, "plan/task.html", page, status=422 if errors else 200)


@route("plan.plan.write", load=_task, methods=("POST",))
def drop(request: HttpRequest, task: Task) -> HttpResponse:
    """Take an own task out."""
    services.drop_task(task, actor=actor_of(request))
    messages.info(request, _("Đã bỏ việc này"))
    return HttpResponseRedirect(reverse("plan:plan"))


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@route("plan.plan.read")
def ics(request: HttpRequest) -> HttpResponse:
    """The calendar file."""
    return _file(calendar_file.drawn(queries.rows(_plan()), _("Kế hoạch không giấy")), "text/calendar", "ke-hoach.ics")


@route("plan.plan.read")
def docx(request: HttpRequest) -> HttpResponse:
    """The official paper to edit."""
    return _file(word.draw(paper.made(_plan()), at=clock.now()), DOCX, "ke-hoach.docx")


@route("plan.plan.read")
def pdf(request: HttpRequest) -> HttpResponse:
    """The official paper to print."""
    return _file(drawn.draw(paper.made(_plan()), at=clock.now()).pdf, "application/pdf", "ke-hoach.pdf")
