"""Routes carry their permission: a view without one stops the application from starting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.kernel.errors import SaysNo

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """The acting person of a request behind `route`; never None there."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise RuntimeError("only views behind @route may ask for the actor")
    return actor


def route(
    action: str, *, load: Callable[..., Any] | None = None, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """Guard a view. `load(**url_kwargs)` fetches the object, the gate decides about it, reads are logged, and only then
    the view runs as `view(request, obj)` (or `view(request, **url_kwargs)` without `load`). The view never sees an id."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return _to_login(request)
            if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
                return HttpResponseNotAllowed(methods)
            with audit.collect():
                return _enter(request, actor, kwargs)

        def _enter(request: HttpRequest, actor: Actor, kwargs: dict[str, Any]) -> HttpResponse:
            obj = load(**kwargs) if load else None
            facts = gate.require(actor, action, obj)
            arguments = (obj,) if load else ()
            rest = {} if load else kwargs
            noted = _noted_as(action, request)
            if not noted:
                return view(request, *arguments, **rest)
            outcome, reason = "failed", ""
            try:
                response = view(request, *arguments, **rest)
                outcome = "ok" if response.status_code < 400 else "refused"
                return response
            except SaysNo as no:
                outcome, reason = "refused", no.code
                raise
            finally:
                audit.record(
                    noted,
                    outcome=outcome,
                    reason=reason,
                    patient_id=facts.patient_id,
                    record_id=facts.record_id,
                    object_type=type(obj).__name__.lower() if obj is not None else "",
                    object_id=str(getattr(obj, "pk", "") or ""),
                )

        guarded.benhan_action = action  # type: ignore[attr-defined]  # read by assert_every_route_declared
        guarded.benhan_methods = methods  # type: ignore[attr-defined]  # read by the test that walks every route
        return guarded

    return wrap


def _noted_as(action: str, request: HttpRequest) -> str:
    """How the visit of a page stands in the log; empty for a write, which notes itself. The page of a write (merge,
    open, confirm) shows a person's data before anything is written: that is a read too (AUD-01)."""
    if gate.actions()[action].kind in ("read", "export"):
        return action
    return f"{action}.shown" if request.method in ("GET", "HEAD") else ""


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that anybody may open, and say why (log-in, first-run wizard, health check)."""

    def wrap(view: View) -> View:
        view.benhan_public = reason  # type: ignore[attr-defined]  # read by assert_every_route_declared
        return view

    return wrap


def _to_login(request: HttpRequest) -> HttpResponse:
    target = reverse("access:login") + "?" + urlencode({"next": _where_to_return(request)})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _where_to_return(request: HttpRequest) -> str:
    """Where somebody goes on after the log-in: the page asked for, or, when the session ended over a form that was
    sent, the page the form stands on (a posted address cannot be opened)."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    own = came_from.netloc == request.get_host()
    return urlunsplit(("", "", came_from.path, came_from.query, "")) if own else "/"


def routes() -> Iterator[tuple[str, str, Any]]:
    """Every route of the house as (name, pattern, view)."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[tuple[str, str, Any]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", prefix + str(entry.pattern), entry.callback


def assert_every_route_declared() -> None:
    """Refuse to start with a route nobody guards, an action nobody registered or a rule for nothing (field-notes A.3)."""
    bare = [
        name for name, _, view in routes() if not hasattr(view, "benhan_action") and not hasattr(view, "benhan_public")
    ]
    unknown = [
        f"{name} → {view.benhan_action}"
        for name, _, view in routes()
        if hasattr(view, "benhan_action") and view.benhan_action not in gate.actions()
    ]
    faults = [f"route without a permission: {n}" for n in bare] + [
        f"route with an unknown action: {n}" for n in unknown
    ]
    faults += gate.problems()
    if faults:
        raise ImproperlyConfigured("; ".join(faults))
