"""What is late, running or soon of the plan, for the first page of who keeps it."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from markupsafe import Markup

from benhan.rollout.plan import queries
from benhan.ui import menu

SHOWN_MAX = 6


def on_first_page(request: HttpRequest, **_: object) -> Markup | None:
    """The reminders, or nothing for others and when nothing is due."""
    if not menu.may(request, "plan.plan.read"):
        return None
    rows = queries.reminders(SHOWN_MAX)
    if not rows:
        return None
    return Markup(render_to_string("plan/reminders.html", {"rows": rows}, request=request))  # noqa: S704 - our own template, escaped
