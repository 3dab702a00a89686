"""First page and first run of a health department."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.web import public
from benhan.facility import queries as facility
from benhan.kernel.errors import FieldError, Invalid
from benhan.site.setup import FirstRun, first_run_of_authority

ASKED = ("name", "governing_body", "address", "full_name", "username", "password")


@public("decides itself: first run, log-in or board")
def home(request: HttpRequest) -> HttpResponse:
    """To the first run on an empty house, to the log-in, to the board; who only administers, to the accounts."""
    if facility.facility_or_none() is None:
        return HttpResponseRedirect(reverse("site:setup"))
    actor = getattr(request, "actor", None)
    if actor is None:
        return HttpResponseRedirect(reverse("access:login"))
    sees = gate.allowed(actor, "authority.board.read")
    return HttpResponseRedirect(reverse("authority:board" if sees else "site:staff"))


@public("only before the department is named; afterwards it leads to the log-in")
def setup(request: HttpRequest) -> HttpResponse:
    """Name the department and make its first account."""
    if facility.facility_or_none() is not None:
        return HttpResponseRedirect(reverse("access:login"))
    errors: list[FieldError] = []
    values = {name: request.POST.get(name, "") for name in ASKED}
    if request.method == "POST":
        if values["password"] != request.POST.get("again", ""):
            errors = [FieldError("again", "differs", _("Hai lần nhập mật khẩu không giống nhau"))]
        else:
            try:
                first_run_of_authority(FirstRun(code="00000", departments=(), **values))
            except Invalid as no:
                errors = no.errors
            else:
                messages.success(request, _("Đã thiết lập. Hãy đăng nhập bằng tài khoản vừa tạo."))
                return HttpResponseRedirect(reverse("access:login"))
    return render(
        request, "site/setup_authority.html", {"values": values, "errors": errors}, status=422 if errors else 200
    )
