"""Jinja2 as the template engine of all pages: each room's `templates/`, escaped by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from benhan.kernel import clock
from benhan.law import codes
from benhan.ui import drawn, formats, menu, slots
from benhan.ui.formats import age, birth, vn_date, vn_datetime

__all__ = ["Templates", "age", "birth", "environment", "vn_date", "vn_datetime"]

PAGE_CONTEXT = "benhan.ui.jinja.page_context"


class Templates(Jinja2):
    """Django's Jinja2 backend reading `templates/` of each room."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        options = {"environment": "benhan.ui.jinja.environment", **params["OPTIONS"]}
        processors = [*options.get("context_processors", []), PAGE_CONTEXT]
        options["context_processors"] = processors
        super().__init__({**params, "OPTIONS": options})


class CsrfInput:
    """The hidden input of a form. Written `{{ csrf_input(request) }}`; plain `{{ csrf_input }}` means the same."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, request: HttpRequest | None = None) -> Markup:
        """Draw the input."""
        return csrf_input(request or self.request)

    def __html__(self) -> str:
        """Draw the input where the template forgot the call."""
        return str(self())


def csrf_input(request: HttpRequest) -> Markup:
    """The hidden input that proves a form came from our own page."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page knows besides its own context."""
    return {"csrf_input": CsrfInput(request), "signed_in": getattr(request, "actor", None)}


def gettext(message: str, **values: Any) -> str:
    """Translate, then fill `%(name)s`. The result is plain text, so a hostile value is escaped with the rest."""
    translated = translation.gettext(message) if message else ""
    return translated % values if values else translated


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    """Translate by number."""
    return translation.ngettext(singular, plural, count) % {"n": count, "num": count, **values}


def url(name: str, **arguments: Any) -> str:
    """The address of a route; a wrong name is a bug and fails loudly."""
    return reverse(name, kwargs=arguments or None)


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite. With a label it speaks for itself; without one it only decorates the words beside it."""
    address = static("ui/vendor/bootstrap-icons/icons.svg")
    if label:
        return Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>').format(
            label, address, name
        )
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        address, name
    )


def messages_of(request: HttpRequest | None) -> Iterable[Any]:
    """The messages waiting for this person; reading them takes them away."""
    return get_messages(request) if request is not None else ()


def code_choices(found: Iterable[Any]) -> list[tuple[str, str]]:
    """Entries of a code list as (value, text) for a select."""
    return [(c.code, f"{c.code} – {c.name_vi}") for c in found]


def person_choices(people: Iterable[Any]) -> list[tuple[str, str]]:
    """Staff or departments as (id, text) for a select."""
    return [(str(p.pk), str(p)) for p in people]


def place_choices(places: Iterable[Any]) -> list[tuple[str, str]]:
    """Departments as (code, text) for a select."""
    return [(d.code, f"{d.code} – {d.name}") for d in places]


def pairs(values: Iterable[Any]) -> list[tuple[str, str]]:
    """Plain values as (value, value) for a select."""
    return [(str(v), str(v)) for v in values]


FILTERS: dict[str, Any] = {
    "age": formats.age,
    "birth": formats.birth,
    "code_choices": code_choices,
    "code_name": place_choices,
    "file_size": formats.file_size,
    "money": formats.money,
    "number": formats.number,
    "pairs": pairs,
    "person_choices": person_choices,
    "vn_date": formats.vn_date,
    "vn_datetime": formats.vn_datetime,
    "vn_time": formats.vn_time,
}


def environment(**options: Any) -> Environment:
    """The environment: autoescape on, a missing name is a fault and not an empty text."""
    fixed = {"autoescape": True, "undefined": StrictUndefined, "extensions": ["jinja2.ext.i18n"]}
    made = Environment(**{**options, **fixed, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701 - autoescape is in `fixed`
    made.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]  # added by the i18n extension
    made.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        url=url,
        static=static,
        csrf_input=csrf_input,
        icon=icon,
        menu_for=menu.items_for,
        menu_link=menu.link,
        may_do=menu.may,
        slot=slots.fill,
        messages_of=messages_of,
        now=clock.now,
        today=clock.today,
        name_of_code=codes.name,
        condition=drawn.condition,
        score_rule=drawn.score_rule,
        range_of=drawn.range_of,
        diagram_picture=drawn.diagram_picture,
        diagram_parts=drawn.diagram_parts,
        background_picture=drawn.background_picture,
        language=translation.get_language,
        languages=lambda: settings.LANGUAGES,
        # Names a page may leave out.
        request=None,
        signed_in=None,
        csrf_token="",
        error=None,
        errors=None,
        username=None,
        next=None,
    )
    made.filters.update(FILTERS)
    return made
