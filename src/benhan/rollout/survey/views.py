"""Pages: the guided survey, and the gaps it finds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.kernel import clock
from benhan.kernel.errors import FieldError
from benhan.rollout.papers import xlsx
from benhan.rollout.readiness.tabs import tabs
from benhan.rollout.survey import queries, services
from benhan.rollout.survey.questions import questions

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route("survey.survey.read")
def survey(request: HttpRequest) -> HttpResponse:
    """The survey, section by section, with what the system saw by itself."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    found = queries.answers()
    given = request.POST if request.method == "POST" else None
    page = {
        "tabs": tabs(request, "survey:survey"),
        "sections": queries.shown(found),
        "answered": sum(line.is_answered for line in found.values()),
        "measured": sum(line.seen is not None for line in found.values()),
        "total": len(found),
        "gaps": len(queries.gaps(found)),
        "may_write": gate.allowed(actor_of(request), "survey.survey.write"),
        "typed": {e.path: given.get(e.path, "") for e in errors} if given else {},
        "errors": errors,
    }
    return render(request, "survey/survey.html", page, status=422 if errors else 200)


@route("survey.survey.write", methods=("POST",))
def save(request: HttpRequest) -> HttpResponse:
    """Save what was given: a field that was left (htmx) or a whole section."""
    typed = {name: request.POST.getlist(name) for name in questions() if name in request.POST}
    # A group of boxes with none ticked sends nothing: the page names the groups it sent.
    typed |= {name: [] for name in request.POST.getlist("asked") if name in questions() and name not in typed}
    errors = services.answer(typed, actor=actor_of(request))
    if request.headers.get("HX-Request"):
        found = queries.answers()
        page = {
            "answered": sum(line.is_answered for line in found.values()),
            "total": len(found),
            "gaps": len(queries.gaps(found)),
            "errors": errors,
            "saved_at": clock.now(),
        }
        return render(request, "survey/progress.html", page)
    return _draw(request, errors)


@route("survey.survey.read")
def gaps(request: HttpRequest) -> HttpResponse:
    """The gap list."""
    found = queries.answers()
    page = {
        "tabs": tabs(request, "survey:survey"),
        "gaps": queries.gaps(found),
        "unanswered": [line.question.label_vi for line in found.values() if not line.is_answered],
        "owners": queries.OWNERS,
    }
    return render(request, "survey/gaps.html", page)


@route("survey.survey.read")
def gaps_xlsx(request: HttpRequest) -> HttpResponse:
    """The gap list as a table to work with."""
    columns = [
        _("Việc còn thiếu"),
        _("Việc phải làm"),
        _("Trọng số"),
        _("Người phụ trách"),
        _("Mức kinh phí"),
        _("Căn cứ"),
        _("Phát hiện qua"),
    ]
    rows = [[g.title, g.task, g.weight, g.owner_name, g.cost_name, g.source, g.found_by] for g in queries.gaps()]
    book = xlsx.book()
    xlsx.sheet(book, _("Việc còn thiếu"), columns, rows)
    answer = HttpResponse(xlsx.data(book), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="gaps-{clock.today():%Y%m%d}.xlsx"'
    return answer
