"""Every page of the frame renders, and hostile text stays text."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import engines
from django.test import RequestFactory

from benhan.kernel.errors import FieldError, Invalid, NotFound, Refused
from benhan.ui import gallery, menu, slots

pytestmark = pytest.mark.django_db  # the frame asks for the facility's name

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
    head = '{% import "ui/components.html" as c with context %}'
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


FIELDS = """
{{ c.field("a.b", h, h, errors=[e], hint=h) }}{{ c.input("x", h, h, unit=h) }}{{ c.textarea("t", h, h, hint=h) }}
{{ c.select("s", h, [(h, h)], h) }}{{ c.choices("c", h, [(h, h)], [h]) }}{{ c.checkbox("k", h) }}
{{ c.code_input("i", h, "icd10", h) }}{{ c.error_summary([e]) }}{{ c.state_badge("ok", h) }}{{ c.notice("info", h) }}
{{ c.definition_list([(h, h)]) }}{{ c.timeline([{"at": h, "title": h, "by": h}]) }}{{ c.empty(h, h) }}
{{ c.stat_tile(h, h) }}
{{ c.tabs([(h, "#", true, 1)], h) }}{{ c.table_head([(h, "k", "")], "k") }}{{ c.patient_banner(p, notes=[h]) }}
{{ c.record_chip(h) }}
"""


def test_hostile_text_stays_text_in_every_component(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_fillers", {"patient_banner": [lambda patient: HOSTILE]})
    patient = gallery.patient()
    patient.full_name = patient.patient_number = HOSTILE
    drawn = source(FIELDS, h=HOSTILE, e=FieldError("a.b", "x", HOSTILE), p=patient)
    assert "<script>alert" not in drawn
    assert "alert(&#39;x&#39;)" in drawn


def test_label_hint_and_error_are_tied_to_their_input() -> None:
    drawn = source(
        '{{ c.field("exam.pulse", "Mạch", "200", errors=[e], hint="lần/phút") }}',
        e=FieldError("exam.pulse", "x", "Quá lớn"),
    )
    assert 'for="f-exam-pulse"' in drawn
    assert 'id="f-exam-pulse"' in drawn
    assert 'aria-describedby="f-exam-pulse-error f-exam-pulse-hint"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert "Quá lớn" in drawn


def test_an_error_of_another_field_stays_away() -> None:
    drawn = source('{{ c.field("a", "A", errors=[e]) }}', e=FieldError("b", "x", "của ô khác"))
    assert "của ô khác" not in drawn
    assert "aria-invalid" not in drawn


def test_the_banner_shows_who_and_what_must_be_seen_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_fillers", {"patient_banner": [lambda patient: ["Penicillin", "Tôm <b>"]]})
    drawn = source("{{ c.patient_banner(p, r) }}", p=gallery.patient(), r=gallery.context()["record"])
    for word in ("Nguyễn Phan Hoàng Thị Như Quỳnh", "Nữ", "14/03/1958", "Penicillin", "BA26.000123", "Đang điều trị"):
        assert word in drawn
    assert "<b>Tôm" not in drawn
    assert "Tôm &lt;b&gt;" in drawn


def test_the_editor_draws_every_type_and_reads_back_what_it_drew() -> None:
    head = '{% import "ui/form_fields.html" as ff with context %}'
    drawn = source(head + "{{ ff.sections(drawn) }}{{ ff.read_sections(printed) }}", **gallery.context())
    soup = re.findall(r'name="(exam\.[^"]+)"', drawn)
    assert {"exam.at", "exam.temperature", "exam.icd", "exam.signs", "exam.drugs.0.name", "exam.checks.1.done"} <= set(
        soup
    )
    assert "exam.drugs.__row__.name" in soup
    assert 'value="38,5"' in drawn
    assert 'value="23/11/2026 08:05"' in drawn
    assert drawn.count("has-error") == 2


def test_a_menu_shows_only_what_the_person_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_items", [])
    monkeypatch.setattr(menu, "_judge", [])
    menu.add(menu.MenuItem("Đổi mật khẩu", "access:password", "mine"), menu.MenuItem("Khác", "access:logout", "theirs"))
    request = request_of(somebody())
    assert menu.items_for(request) == []
    menu.judge_with(lambda actor, action: action == "mine")
    assert [i["label"] for i in menu.items_for(request)] == ["Đổi mật khẩu"]
    assert menu.items_for(request_of()) == []


def test_every_template_of_the_house_compiles() -> None:
    engine = engines["jinja"]
    for path in sorted(UI.parents[1].glob("*/templates/**/*.html")):
        engine.get_template(
            path.relative_to(path.parents[1] if path.parent.name != "templates" else path.parent).as_posix()
        )
