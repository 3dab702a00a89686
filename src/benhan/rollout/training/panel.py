"""The panel on each page of the practice house: the step at hand of the present task."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.law import training as law
from benhan.rollout.training import proving, queries
from benhan.rollout.training.house import is_practice

PAGE_MAX = 80


def slot(request: HttpRequest) -> Markup | None:
    """The panel for the frame; nothing in the real house, for strangers, and on the page of the tasks themselves."""
    actor: Actor | None = getattr(request, "actor", None)
    if not is_practice() or actor is None or not gate.allowed(actor, "training.task.practise"):
        return None
    page = request.resolver_match.view_name if request.resolver_match else ""
    attempt = queries.present(actor)
    if attempt is None:
        return _markup({"standing": None, "looks": False}, request)
    proven = [] if attempt.done_at else proving.proven(attempt, law.tasks()[attempt.task])
    return drawn(request, queries.standing(attempt, proven), page, looks=attempt.done_at is None)


def drawn(request: HttpRequest, standing: queries.Standing, page: str, *, looks: bool) -> Markup:
    """The panel with its steps. `looks`: it asks again once the page is there, since what a page reads is logged at its end."""
    now = standing.now(page)
    context = {
        "standing": standing,
        "now": now,
        "steps": [(step.text_vi, behind, _address(standing, step.pages)) for step, behind in standing.steps],
        "case": _case(standing),
        "page": page[:PAGE_MAX],
        "looks": looks,
    }
    return _markup(context, request)


def _markup(context: dict[str, Any], request: HttpRequest) -> Markup:
    text = render_to_string("training/panel.html", context, request)
    return Markup(text)  # noqa: S704 - our own template has escaped it


def _case(standing: queries.Standing) -> tuple[str, str] | None:
    """Words and address of the invented patient."""
    if standing.record is not None and standing.patient is not None:
        words = f"{standing.patient.full_name} · {standing.record.record_number}"
        return words, reverse("records:record", kwargs={"record_id": standing.record.pk})
    if standing.patient is not None:
        return f"{standing.patient.full_name} · {standing.patient.patient_number}", ""
    return None


def _address(standing: queries.Standing, pages: tuple[str, ...]) -> str:
    """Where a step begins: the first of its pages that can be opened by what is known."""
    ids: list[dict[str, Any]] = [{}]
    if standing.record is not None:
        ids.append({"record_id": standing.record.pk})
    if standing.patient is not None:
        ids.append({"patient_id": standing.patient.pk})
    for page in pages:
        for given in ids:
            try:
                return reverse(page, kwargs=given)
            except NoReverseMatch:
                continue
    return ""
