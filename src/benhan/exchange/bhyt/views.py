"""Pages of the import: upload with a progress bar, the runs, what was refused and why."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.exchange.bhyt import services
from benhan.exchange.bhyt.models import ImportProblem, ImportRun
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound

RUNS_SHOWN = 50
PROBLEMS_SHOWN = 300


def _run(run_id: UUID) -> ImportRun:
    found = ImportRun.objects.filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


@route("bhyt.import.read")
def runs(request: HttpRequest) -> HttpResponse:
    """The imports so far."""
    page = {
        "runs": ImportRun.objects.order_by("-started_at")[:RUNS_SHOWN],
        "may_run": gate.allowed(actor_of(request), "bhyt.import.run"),
        "errors": [],
    }
    return render(request, "bhyt/runs.html", page)


@route("bhyt.import.run", methods=("POST",))
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; its page then imports it step by step."""
    given = request.FILES.get("file")
    if settings.BENHAN_PRACTICE:
        raise Conflict(_("Nhà thực hành không nhận dữ liệu thật"), code="practice")
    try:
        if given is None:
            raise Invalid([FieldError("file", "required", "Chọn một tệp XML")])
        run = services.begin_upload(
            given.read(services.UPLOAD_BYTES_MAX + 1), str(given.name)[:200], actor=actor_of(request)
        )
    except Invalid as no:
        page = {"runs": ImportRun.objects.order_by("-started_at")[:RUNS_SHOWN], "may_run": True, "errors": no.errors}
        return render(request, "bhyt/runs.html", page, status=422)
    return HttpResponseRedirect(reverse("bhyt:run", kwargs={"run_id": run.pk}))


@route("bhyt.import.read", load=_run)
def run_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """One import with its problems."""
    return render(request, "bhyt/run.html", _page(request, run))


@route("bhyt.import.run", load=_run, methods=("POST",))
def step(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Import the next part and show how far it is."""
    return render(request, "bhyt/progress.html", _page(request, services.step(run, actor=actor_of(request))))


def _page(request: HttpRequest, run: ImportRun) -> dict[str, object]:
    problems = ImportProblem.objects.filter(run=run).order_by("severity", "pk")[:PROBLEMS_SHOWN]
    return {"run": run, "problems": problems, "may_run": gate.allowed(actor_of(request), "bhyt.import.run")}
