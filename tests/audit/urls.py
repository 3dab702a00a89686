"""The few names the base page asks for, so that the log's pages are tested without the rooms above them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def nothing(request: HttpRequest) -> HttpResponse:
    """A page of no interest."""
    return HttpResponse()


def names(*found: str) -> list[URLPattern | URLResolver]:
    """Each name as an address."""
    return [path(f"{name}/", nothing, name=name) for name in found]


urlpatterns = [
    path("site/", include((names("home", "language"), "site"))),
    path("access/", include((names("login", "logout", "password"), "access"))),
]
