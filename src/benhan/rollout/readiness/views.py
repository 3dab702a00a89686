"""Pages: the nine points with their evidence, the history, one criterion with its statements."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.kernel.errors import FieldError, Invalid, NotFound
from benhan.law.rollout import criteria
from benhan.rollout.readiness import history, queries, report, services
from benhan.rollout.readiness.judging import STATEMENT, look
from benhan.rollout.readiness.models import ReadinessRun
from benhan.rollout.readiness.tabs import tabs


def _run(readiness_id: UUID) -> ReadinessRun:
    return queries.run(readiness_id)


@route("readiness.run.read")
def overview(request: HttpRequest) -> HttpResponse:
    """The last look: nine points, functions of CV 365, what stops us, the curve."""
    last = queries.latest()
    todo = [line for line in queries.lines(last) if not line.met] if last else []
    page = {
        "tabs": tabs(request, "readiness:overview"),
        "run": last,
        "unfinished": queries.unfinished(),
        "may_run": gate.allowed(actor_of(request), "readiness.run.make"),
        "points": queries.by_point(last) if last else [],
        "functions": queries.by_function(last) if last else [],
        "todo": sorted(todo, key=lambda line: -line.criterion.weight),
        "curve": history.drawn(queries.history()),
    }
    return render(request, "readiness/overview.html", page)


@route("readiness.run.make", methods=("POST",))
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a look; its page goes on with it."""
    made = services.begin(actor=actor_of(request))
    return HttpResponseRedirect(reverse("readiness:run", kwargs={"readiness_id": made.pk}))


@route("readiness.run.read", load=_run)
def run_page(request: HttpRequest, run: ReadinessRun) -> HttpResponse:
    """One look, whole, or how far it is."""
    return render(request, "readiness/run.html", _page(request, run))


@route("readiness.run.make", load=_run, methods=("POST",))
def step(request: HttpRequest, run: ReadinessRun) -> HttpResponse:
    """Judge the next criteria."""
    return render(request, "readiness/progress.html", _page(request, services.step(run.pk, actor=actor_of(request))))


def _page(request: HttpRequest, run: ReadinessRun) -> dict[str, object]:
    return {
        "tabs": tabs(request, "readiness:overview"),
        "run": run,
        "lines": queries.lines(run),
        "total": len(criteria()),
        "may_run": gate.allowed(actor_of(request), "readiness.run.make"),
    }


@route("readiness.run.read", load=_run)
def pdf(request: HttpRequest, run: ReadinessRun) -> HttpResponse:
    """The look as a paper."""
    answer = HttpResponse(report.pdf(run), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="readiness-{run.begun_at:%Y%m%d}.pdf"'
    return answer


@route("readiness.run.read", methods=("GET", "POST"))
def criterion_page(request: HttpRequest, criterion: str) -> HttpResponse:
    """One criterion: what it asks, what is seen now, what to do; a statement where only a person can say."""
    line = criteria().get(criterion)
    if line is None:
        raise NotFound
    actor, errors = actor_of(request), list[FieldError]()
    text = request.POST.get("text", "")
    if request.method == "POST":
        try:
            services.state(criterion, holds=request.POST.get("holds") == "1", text=text, actor=actor)
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã ghi xác nhận; lần đánh giá sau sẽ tính."))
            return HttpResponseRedirect(reverse("readiness:criterion", kwargs={"criterion": criterion}))
    seen = look(criterion)
    page = {
        "tabs": tabs(request, "readiness:overview"),
        "criterion": line,
        "seen": seen,
        "takes_statement": seen.result == STATEMENT,
        "may_state": gate.allowed(actor, "readiness.statement.make"),
        "statements": queries.statements(criterion),
        "in_force": queries.statement_in_force(criterion),
        "text": text,
        "errors": errors,
    }
    return render(request, "readiness/criterion.html", page, status=422 if errors else 200)
