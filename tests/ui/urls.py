"""Routes of a small house with nothing but the frame, for tests of the frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path

from benhan.law import codes
from benhan.ui import gallery

kept: list[dict[str, list[str]]] = []
answer_with = {"status": 200}


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html", gallery.context())


def autosave(request: HttpRequest) -> HttpResponse:
    kept.append({name: request.POST.getlist(name) for name in request.POST})
    return JsonResponse({"message": "Đã lưu nháp lúc 10:32:05"}, status=answer_with["status"])


def find_codes(request: HttpRequest) -> HttpResponse:
    found = codes.search(request.GET["system"], request.GET["q"], 10)
    return JsonResponse({"codes": [{"code": c.code, "name": c.name_vi} for c in found]})


urlpatterns = [
    path("gallery", page),
    path("autosave", autosave),
    path("", include(([path("codes", find_codes, name="codes")], "records"))),
]
