"""Jinja2 as the template engine of all pages: each room's `templates/`, escaped always, Vietnamese dates and ages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.messages import get_messages
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from benhan.kernel import clock
from benhan.ui import menu, slots


class Templates(Jinja2):
    """Django's Jinja2 backend reading `templates/` of each room."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        options = {"environment": "benhan.ui.jinja.environment", **params.get("OPTIONS", {})}
        super().__init__({**params, "OPTIONS": options})


def environment(**options: Any) -> Environment:
    """The environment: autoescape on, a missing name is a fault and not an empty text."""
    made = Environment(**{**options, "autoescape": True, "undefined": StrictUndefined, "extensions": ["jinja2.ext.i18n"]})
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        gettext=translation.gettext, ngettext=translation.ngettext, newstyle=False
    )
    made.globals.update(
        url=_url, static=static, language=translation.get_language, menu_for=menu.items_for, slot=slots.fill,
        messages_of=get_messages, error=None, errors=None, username=None, next=None, now=clock.now,
    )
    made.filters.update(vn_date=vn_date, vn_datetime=vn_datetime, age=age, birth=birth)
    return made


def _url(name: str, **arguments: Any) -> str:
    return reverse(name, kwargs=arguments or None)


def vn_date(value: date | datetime | None) -> str:
    """23/11/2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(settings.TIME_ZONE))
    return value.strftime("%d/%m/%Y")


def vn_datetime(value: datetime | None) -> str:
    """23/11/2026 08:05, in the facility's zone."""
    return value.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%d/%m/%Y %H:%M") if value else ""


def birth(value: date | None, precision: str) -> str:
    """A birth date no more exact than it is known."""
    if value is None or precision == "unknown":
        return "?"
    return {"year": f"{value.year}", "month": f"{value:%m/%Y}"}.get(precision, f"{value:%d/%m/%Y}")


def age(value: date | None, precision: str = "day", on: date | None = None) -> str:
    """Age as the forms want it: days for newborns, months under 36 months, then years (note of 01/BV1)."""
    if value is None or precision == "unknown":
        return "? tuổi"
    today = on or clock.today()
    months = (today.year - value.year) * 12 + today.month - value.month - (today.day < value.day)
    if precision == "day" and (today - value).days <= 28:
        return f"{max(0, (today - value).days)} ngày tuổi"
    if precision in ("day", "month") and months < 36:
        return f"{months} tháng tuổi"
    years = today.year - value.year if precision == "year" else months // 12
    return f"{years} tuổi"
