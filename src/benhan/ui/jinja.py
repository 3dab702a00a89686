"""Jinja2 as the template engine of all pages: each room's `templates/`, escaped by default."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, Undefined
from markupsafe import Markup

from benhan.kernel import clock
from benhan.law import codes
from benhan.ui import formats, menu, slots

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
    """What every page knows besides its own context: the form token and the waiting messages."""
    from django.contrib.messages import get_messages  # needs the app registry, which is loaded after the engine

    return {"csrf_input": CsrfInput(request), "messages": get_messages(request)}


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


def url_or_none(name: str, **arguments: Any) -> str | None:
    """The address of a route of a room that may not be installed."""
    try:
        return reverse(name, kwargs=arguments or None)
    except NoReverseMatch:
        return None


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


def environment(**options: Any) -> Environment:
    """The environment with gettext and the house's filters. In DEBUG and tests a misspelt name is an error."""
    undefined = StrictUndefined if options.pop("strict", False) else Undefined
    options["undefined"] = undefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    made = Environment(**options, extensions=["jinja2.ext.i18n"])  # noqa: S701 - the backend sets autoescape
    made.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]  # added by the i18n extension
    made.globals.update(
        _=gettext,
        gettext=gettext,
        ngettext=ngettext,
        url=url,
        url_or_none=url_or_none,
        static=static,
        csrf_input=csrf_input,
        icon=icon,
        menu_items=menu.items_for,
        menu_link=menu.link,
        may=menu.may,
        fill_slot=slots.fill,
        now=clock.now,
        today=clock.today,
        code_name=codes.name,
        code_entries=codes.entries,
        language=translation.get_language,
        languages=lambda: settings.LANGUAGES,
        debug=lambda: settings.DEBUG,
    )
    made.filters.update(
        vn_date=formats.vn_date,
        vn_datetime=formats.vn_datetime,
        vn_time=formats.vn_time,
        vn_birth=formats.vn_birth,
        age=formats.age,
        number=formats.number,
        money=formats.money,
        file_size=formats.file_size,
    )
    return made
