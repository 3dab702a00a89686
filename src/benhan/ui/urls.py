"""The page of all components, to look at while building (only with BENHAN_DEBUG=1)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benhan.ui import gallery


def show(request: HttpRequest) -> HttpResponse:
    """All components with made-up data."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "ui/gallery.html", gallery.context())


# The gate lives above this room, so the mark it reads is set by hand (see `access.web.public`).
show.benhan_public = "made-up data, only when BENHAN_DEBUG=1"  # type: ignore[attr-defined]  # read by the gate's check

app_name = "ui"
urlpatterns = [path("gallery", show, name="gallery")]
