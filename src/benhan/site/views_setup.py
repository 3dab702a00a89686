"""The first-run wizard. Open only while no facility exists."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access.web import public
from benhan.facility import queries as facility
from benhan.kernel.errors import FieldError, Invalid
from benhan.site.setup import FirstRun, first_run, offered_departments


@public("only before the first facility exists; afterwards it leads to the log-in")
def wizard(request: HttpRequest) -> HttpResponse:
    """Name the facility, choose departments, make the first administrator with a password of one's own."""
    if facility.facility_or_none() is not None:
        return HttpResponseRedirect(reverse("access:login"))
    errors: list[FieldError] = []
    values = request.POST
    if request.method == "POST":
        offered = dict(offered_departments())
        chosen = tuple((c, offered[c]) for c in values.getlist("departments") if c in offered)
        if values.get("password", "") != values.get("again", ""):
            errors = [FieldError("again", "differs", _("Hai lần nhập mật khẩu không giống nhau"))]
        else:
            try:
                first_run(
                    FirstRun(
                        name=values.get("name", ""),
                        code=values.get("code", ""),
                        governing_body=values.get("governing_body", ""),
                        address=values.get("address", ""),
                        departments=chosen,
                        username=values.get("username", ""),
                        password=values.get("password", ""),
                        full_name=values.get("full_name", ""),
                    )
                )
            except Invalid as no:
                errors = no.errors
            else:
                messages.success(request, _("Đã thiết lập. Hãy đăng nhập bằng tài khoản quản trị vừa tạo."))
                return HttpResponseRedirect(reverse("access:login"))
    page = {
        "values": values,
        "errors": errors,
        "departments": offered_departments(),
        "chosen": values.getlist("departments"),
    }
    return render(request, "site/setup.html", page, status=422 if errors else 200)
