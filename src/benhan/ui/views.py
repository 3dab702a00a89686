"""The few routes of the frame itself: the language switch, code lists for typing, the page of all components."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from benhan.law import codes as code_lists
from benhan.ui import gallery as gallery_page

CODES_OFFERED_MAX = 12
LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of this browser and go back to the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    wanted = request.POST.get("language", "")
    if wanted in {code for code, _ in settings.LANGUAGES}:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=LANGUAGE_COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.CSRF_COOKIE_SECURE,
        )
    return response


def codes(request: HttpRequest) -> HttpResponse:
    """`?system=icd10&q=viem phoi` → {"items": [{"code", "name"}]}, with or without marks, best first."""
    system = request.GET.get("system", "")[:40]
    found = code_lists.search(system, request.GET.get("q", "")[:100], CODES_OFFERED_MAX)
    return JsonResponse({"items": [{"code": c.code, "name": c.name_vi} for c in found]})


def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page, to look at while building."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "ui/gallery.html", gallery_page.context())


# The gate lives above this room, so the marks it reads are set by hand here (see `access.web.public`).
language.benhan_public = "choosing a language needs no permission"  # type: ignore[attr-defined]
codes.benhan_public = "official code lists hold nobody's data"  # type: ignore[attr-defined]
gallery.benhan_public = "made-up data, only when BENHAN_DEBUG=1"  # type: ignore[attr-defined]
