"""Log in, log out, change the password."""

from __future__ import annotations

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from benhan.access import services
from benhan.access.middleware import address_of
from benhan.access.models import Account
from benhan.access.web import public, route
from benhan.audit import services as audit
from benhan.kernel.errors import FieldError, Invalid, Refused


@public("the way in")
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page."""
    if request.method != "POST":
        return render(request, "access/login.html", {"next": request.GET.get("next", "")})
    target = request.POST.get("next", "")
    try:
        account = services.log_in(
            request.POST.get("username", ""), request.POST.get("password", ""), address=address_of(request)
        )
    except Refused as no:
        page = {"error": no.message, "next": target, "username": request.POST.get("username", "")[:60]}
        return render(request, "access/login.html", page, status=403)
    login(request, account, backend="benhan.access.backend.AccountBackend")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = reverse("site:home")
    return HttpResponseRedirect(target)


@public("leaving needs no permission")
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session. A GET shows a button, so that a foreign page cannot log anybody out."""
    if request.method == "POST":
        audit.record("access.logout")
        logout(request)
        return HttpResponseRedirect(reverse("access:login"))
    return render(request, "access/logout.html")


@route("access.password.change", methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password."""
    if request.method != "POST":
        return render(request, "access/password.html")
    account = request.user
    assert isinstance(account, Account)  # the route has let only an account in
    errors: list[FieldError] = []
    if not check_password(request.POST.get("current", ""), account.password):
        audit.record("access.password.change", outcome="refused", reason="credentials", object_id=str(account.pk))
        errors.append(FieldError("current", "wrong", "Mật khẩu hiện tại không đúng"))
    if request.POST.get("password", "") != request.POST.get("again", ""):
        errors.append(FieldError("again", "differs", "Hai lần nhập mật khẩu mới không giống nhau"))
    if not errors:
        try:
            services.set_password(account, request.POST.get("password", ""))
        except Invalid as no:
            errors = no.errors
    if errors:
        return render(request, "access/password.html", {"errors": errors}, status=422)
    update_session_auth_hash(request, account)
    return HttpResponseRedirect(reverse("site:home"))
