"""Every page of the frame renders, and hostile text stays text."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import engines
from django.test import RequestFactory

from benhan.kernel.errors import FieldError, Invalid, NotFound, Refused

UI = Path(__file__).resolve().parents[2] / "src" / "benhan" / "ui" / "templates"
HOSTILE = "<script>alert('x')</script>\"'&"


def request_of(actor: Any = None) -> Any:
    request = RequestFactory().get("/")
    request.actor = actor
    request._messages = CookieStorage(request)
    return request


def somebody() -> Any:
    return SimpleNamespace(
        account_id="1", full_name=HOSTILE, username="x", job_title=HOSTILE, position="", roles=frozenset({"doctor"})
    )


def render(name: str, context: dict[str, Any] | None = None, actor: Any = None) -> str:
    return str(engines["jinja"].get_template(name).render(context or {}, request_of(actor)))


def source(text: str, **context: Any) -> str:
    head = '{% import "ui/components.html" as ui %}'
    return str(engines["jinja"].from_string(head + text).render(context, request_of()))


@pytest.mark.parametrize(
    "name", ["ui/base.html", "ui/plain.html", "ui/print_base.html", "404.html", "403_csrf.html", "500.html"]
)
@pytest.mark.parametrize("actor", [None, somebody()], ids=["stranger", "person"])
def test_a_page_renders_with_and_without_a_person(name: str, actor: Any) -> None:
    drawn = render(name, actor=actor)
    assert "</html>" in drawn
    assert HOSTILE not in drawn


def test_the_500_page_needs_no_request() -> None:
    assert "</html>" in engines["jinja"].get_template("500.html").render()


@pytest.mark.parametrize("name", ["ui/error.html", "ui/error_fragment.html"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound(HOSTILE), 404),
        (Refused(HOSTILE, code=HOSTILE, law=HOSTILE), 403),
        (Invalid([FieldError(HOSTILE, "x", HOSTILE)]), 422),
    ],
)
def test_a_refusal_is_drawn_and_escaped(name: str, error: Exception, code: int) -> None:
    for actor in (None, somebody()):
        drawn = render(name, {"error": error, "http_code": code}, actor)
        assert "<script>alert" not in drawn
        assert "refusal-message" in drawn


def test_the_form_token_works_called_or_not() -> None:
    template = engines["jinja"].from_string("{{ csrf_input(request) }}|{{ csrf_input }}")
    called, plain = template.render({}, request_of()).split("|")
    assert 'name="csrfmiddlewaretoken"' in called
    assert 'name="csrfmiddlewaretoken"' in plain
