"""English is complete for the frame, compiled, and shown only to whoever asked for it."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from benhan.ui import middleware

messages = pytest.importorskip("benhan.ui.messages")
HOLES = re.compile(r"%\(\w+\)s")


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert messages.PO.with_suffix(".mo").read_bytes() == messages.compiled(messages.read())


def test_a_translation_keeps_the_places_for_values() -> None:
    for message in messages.read():
        if message.id and message.string:
            assert sorted(HOLES.findall(message.id)) == sorted(HOLES.findall(message.string)), message.id


def test_every_word_of_the_frame_has_english() -> None:
    known = {m.id for m in messages.read() if m.string}
    of_the_frame = [m.id for m in messages.extract() if m.id and any(f.startswith("ui/") for f, _ in m.locations)]
    assert of_the_frame
    assert [m for m in of_the_frame if m not in known] == []


@pytest.mark.parametrize(
    ("cookie", "browser", "shown"),
    [("", "en-US,en;q=0.9", "vi"), ("en", "vi", "en"), ("xx", "en", "vi"), ("vi", "en", "vi")],
)
def test_the_language_is_vietnamese_unless_this_browser_chose_english(cookie: str, browser: str, shown: str) -> None:
    seen: list[str] = []

    def page(request: object) -> HttpResponse:
        seen.append(translation.get_language() or "")
        return HttpResponse(translation.gettext("Đăng nhập"))

    request = RequestFactory().get("/", headers={"accept-language": browser})
    request.COOKIES["django_language"] = cookie
    answer = middleware.language(page)(request)
    assert seen == [shown]
    assert answer.content.decode() == {"vi": "Đăng nhập", "en": "Log in"}[shown]
