"""Pages: my tasks, the panel, the overview of the planning office with the list of certificates."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.models import ROLES
from benhan.access.web import actor_of, route
from benhan.kernel import clock
from benhan.kernel.errors import SaysNo
from benhan.rollout.readiness.tabs import tabs
from benhan.rollout.training import handover, panel, queries, services
from benhan.rollout.training.house import is_practice

LEFT_OUT_SHOWN = 20


@route("training.task.read")
def tasks(request: HttpRequest) -> HttpResponse:
    """The own tasks, role by role, with what is done; in the real house the own certificates."""
    actor = actor_of(request)
    page = {
        "practice": is_practice(),
        "roles": [(ROLES[role], rows) for role, rows in queries.mine(actor).items()],
        "earned": [c for c in queries.earned() if c.username == actor.username],
    }
    return render(request, "training/tasks.html", page)


@route("training.task.practise", methods=("POST",))
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a task; its panel then goes along."""
    services.begin(code, actor=actor_of(request))
    messages.success(
        request, _("Bắt đầu. Bảng hướng dẫn ở góc màn hình đi cùng trên mọi trang và tự thấy khi việc đã xong.")
    )
    return HttpResponseRedirect(reverse("training:tasks"))


@route("training.task.practise", methods=("POST",))
def panel_again(request: HttpRequest) -> HttpResponse:
    """Look at the log once more and draw the panel."""
    standing = services.look(actor_of(request))
    if standing is None:
        return HttpResponse()
    return HttpResponse(panel.drawn(request, standing, request.POST.get("page", "")[: panel.PAGE_MAX], looks=False))


@route("training.progress.read")
def overview(request: HttpRequest) -> HttpResponse:
    """Who has practised, department by department, and the certificates for the dossier."""
    rows = queries.learners()
    page: dict[str, Any] = {
        "tabs": tabs(request, "training:overview"),
        "practice": is_practice(),
        "departments": [(name, list(people)) for name, people in groupby(rows, key=lambda x: x.department)],
        "total": len(rows),
        "certified": sum(x.certified_at is not None for x in rows),
        "earned": queries.earned(),
        "beside": not is_practice() and handover.beside() is not None,
        "may_take": gate.allowed(actor_of(request), "training.certificate.take"),
    }
    return render(request, "training/overview.html", page)


@route("training.certificate.export")
def export(request: HttpRequest) -> HttpResponse:
    """The signed list of this practice house as a file."""
    answer = HttpResponse(handover.signed_list(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="practice-{clock.today():%Y%m%d}.json"'
    return answer


@route("training.certificate.take", methods=("POST",))
def take(request: HttpRequest) -> HttpResponse:
    """Take over a signed list: an uploaded file, or that of the practice house on this machine."""
    given, beside = request.FILES.get("file"), handover.beside()
    try:
        if given is not None:
            data = given.read(handover.BYTES_MAX + 1)
        else:
            data = beside.read_bytes() if beside else b""
        new, left_out = handover.take(data, actor=actor_of(request))
    except SaysNo as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Đã nhận %(n)s chứng nhận mới") % {"n": new})
        for line in left_out[:LEFT_OUT_SHOWN]:
            messages.warning(request, line)
    return HttpResponseRedirect(reverse("training:overview"))
