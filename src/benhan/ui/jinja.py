"""Jinja2 as the template engine of all pages: each room's `templates/`, escaped by default."""

from __future__ import annotations

from typing import Any

from django.template.backends.jinja2 import Jinja2
from jinja2 import Environment


class Templates(Jinja2):
    """Django's Jinja2 backend reading `templates/` of each room."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params["OPTIONS"] = {"environment": "benhan.ui.jinja.environment", **params["OPTIONS"]}
        super().__init__(params)


def environment(**options: Any) -> Environment:
    """The environment with gettext and the house's filters."""
    made = Environment(**options, extensions=["jinja2.ext.i18n"])  # noqa: S701 - the backend sets autoescape
    return made
