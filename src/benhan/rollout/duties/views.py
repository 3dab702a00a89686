"""Page: the law calendar."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import actor_of, route
from benhan.kernel.errors import FieldError, Invalid
from benhan.rollout.duties import queries, services
from benhan.rollout.readiness.tabs import tabs


@route("duties.calendar.read")
def calendar(request: HttpRequest) -> HttpResponse:
    """Dates and duties, the late ones first in sight."""
    return _draw(request, [])


def _draw(request: HttpRequest, errors: list[FieldError]) -> HttpResponse:
    entries = queries.entries()
    page = {
        "tabs": tabs(request, "duties:calendar"),
        "entries": entries,
        "late": sum(e.urgency == "late" for e in entries),
        "soon": sum(e.urgency == "soon" for e in entries),
        "may_note": gate.allowed(actor_of(request), "duties.calendar.note"),
        "errors": errors,
    }
    return render(request, "duties/calendar.html", page, status=422 if errors else 200)


@route("duties.calendar.note", methods=("POST",))
def note(request: HttpRequest) -> HttpResponse:
    """Note a duty as done."""
    try:
        due = date.fromisoformat(request.POST.get("due", ""))
        services.note_done(
            request.POST.get("code", ""), due, evidence=request.POST.get("evidence", ""), actor=actor_of(request)
        )
    except ValueError:
        return _draw(request, [FieldError("due", "date", _("Ngày không hợp lệ"))])
    except Invalid as no:
        return _draw(request, no.errors)
    messages.success(request, _("Đã ghi"))
    return HttpResponseRedirect(reverse("duties:calendar"))
