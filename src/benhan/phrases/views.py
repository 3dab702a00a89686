"""Pages of ready-made texts, and what the editor is offered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.access.web import actor_of, route
from benhan.facility import queries as facility
from benhan.facility.models import Department
from benhan.kernel.errors import FieldError, Invalid
from benhan.phrases import queries, services
from benhan.phrases.models import SCOPES, Snippet

TYPED = ("scope", "department", "key", "title", "text")


def _snippet(snippet_id: UUID) -> Snippet:
    return queries.snippet(snippet_id)


def scopes_of(actor: Actor) -> dict[str, str]:
    """For whom an actor may write texts: code → name. A department's needs one that the actor answers for."""
    asked = {
        "own": Snippet(account_id=actor.account_id) if actor.account_id else None,
        "department": next((Snippet(department_id=d) for d in [*actor.department_ids, None]), None),
        "facility": Snippet(),
    }
    return {
        scope: _(SCOPES[scope])
        for scope, one in asked.items()
        if one is not None and gate.allowed(actor, f"phrases.snippet.{scope}", one)
    }


def departments_of(actor: Actor) -> list[Department]:
    """The departments whose texts an actor may keep."""
    return [
        d
        for d in facility.departments()
        if gate.allowed(actor, "phrases.snippet.department", Snippet(department_id=d.pk))
    ]


@route("phrases.snippet.read")
def snippets(request: HttpRequest) -> HttpResponse:
    """Own texts, the department's, the facility's; a place to add one."""
    return _draw(request, {}, [])


def _draw(request: HttpRequest, typed: dict[str, str], errors: list[FieldError]) -> HttpResponse:
    actor = actor_of(request)
    found = queries.shown(actor, request.GET.get("q", ""))
    page = {
        "q": request.GET.get("q", ""),
        "groups": [
            (scope, _(name), [(s, may_change(actor, s)) for s in found if s.scope == scope])
            for scope, name in SCOPES.items()
        ],
        "total": len(found),
        "scopes": list(scopes_of(actor).items()),
        "departments": departments_of(actor),
        "typed": dict.fromkeys(TYPED, "") | typed,
        "errors": errors,
    }
    return render(request, "phrases/snippets.html", page, status=422 if errors else 200)


def may_change(actor: Actor, one: Snippet) -> bool:
    """May the actor change this text?"""
    return gate.allowed(actor, f"phrases.snippet.{one.scope}", one)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in TYPED}


@route("phrases.snippet.write", methods=("POST",))
def add(request: HttpRequest) -> HttpResponse:
    """Add a text."""
    typed = _typed(request)
    try:
        made = services.add(
            scope=typed["scope"],
            department=facility.department_by_code(typed["department"]) if typed["scope"] == "department" else None,
            key=typed["key"],
            title=typed["title"],
            text=typed["text"],
            actor=actor_of(request),
        )
    except Invalid as no:
        return _draw(request, typed, no.errors)
    messages.success(request, _("Đã thêm câu mẫu /%(key)s") % {"key": made.key})
    return HttpResponseRedirect(reverse("phrases:snippets"))


@route("phrases.snippet.write", load=_snippet, methods=("GET", "POST"))
def change(request: HttpRequest, snippet: Snippet) -> HttpResponse:
    """Change a text."""
    actor = actor_of(request)
    services.assert_may_change(snippet, actor)
    typed = {"key": snippet.key, "title": snippet.title, "text": snippet.text}
    errors: list[FieldError] = []
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            made = services.change(snippet, **typed, actor=actor)
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã sửa câu mẫu /%(key)s") % {"key": made.key})
            return HttpResponseRedirect(reverse("phrases:snippets"))
    page = {"snippet": snippet, "scope_name": _(SCOPES[snippet.scope]), "typed": typed, "errors": errors}
    return render(request, "phrases/snippet.html", page, status=422 if errors else 200)


@route("phrases.snippet.write", load=_snippet, methods=("POST",))
def remove(request: HttpRequest, snippet: Snippet) -> HttpResponse:
    """Remove a text."""
    services.remove(snippet, actor=actor_of(request))
    messages.info(request, _("Đã bỏ câu mẫu /%(key)s") % {"key": snippet.key})
    return HttpResponseRedirect(reverse("phrases:snippets"))


@route("phrases.snippet.use")
def offered(request: HttpRequest) -> HttpResponse:
    """The texts the editor offers to this writer."""
    found = [
        {
            "key": s.key,
            "title": s.title,
            "text": s.text,
            "from": s.department.name if s.department else _(SCOPES[s.scope]),
        }
        for s in queries.offered(actor_of(request))
    ]
    return JsonResponse({"snippets": found})
