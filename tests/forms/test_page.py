"""The page and back: what is shown is what is read, and faults stand at their inputs."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benhan.forms.page import Input, parse_post, sections
from benhan.forms.validate import clean, validate
from tests.forms.contents import FORMS, ZONE, contents, examples, posted

INPATIENT = FORMS["inpatient_general_medicine"]


@pytest.mark.parametrize("code", sorted(FORMS))
def test_an_example_goes_to_the_page_and_comes_back_unchanged(code: str) -> None:
    for content in examples(FORMS[code]):
        assert clean(FORMS[code], parse_post(FORMS[code], posted(FORMS[code], content), ZONE)) == content


@pytest.mark.parametrize("code", sorted(set(FORMS) - {"imported_episode"}))
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_any_valid_content_survives_the_page(code: str, data: st.DataObject) -> None:
    content = clean(FORMS[code], data.draw(contents(FORMS[code])))
    back = parse_post(FORMS[code], posted(FORMS[code], content), ZONE)
    assert clean(FORMS[code], back) == content


def test_typed_vietnamese_is_read() -> None:
    form = FORMS["vital_signs_chart"]
    typed = {"reading.at": ["2/9/2025 8:05"], "reading.temperature": ["36,5"], "reading.pulse": [" 88 "]}
    assert parse_post(form, typed, ZONE) == {
        "reading": {"at": "2025-09-02T08:05:00+07:00", "temperature": 36.5, "pulse": 88}
    }


def test_what_cannot_be_read_stays_as_typed_and_is_pointed_at() -> None:
    form = FORMS["vital_signs_chart"]
    content = parse_post(form, {"reading.pulse": ["tám mươi"], "reading.at": ["2/9/2025"]}, ZONE)
    assert content == {"reading": {"pulse": "tám mươi", "at": "2/9/2025"}}
    errors = validate(form, content)
    assert {e.path for e in errors} == {"reading.pulse", "reading.at"}
    page = sections(form, content, errors, ZONE)
    inputs = {i.name: i for i in page[1].rows[0]}
    assert inputs["reading.pulse"].value == "tám mươi"
    assert inputs["reading.pulse"].errors
    assert page[1].missing == 2


def test_names_that_are_no_field_are_left_to_the_page() -> None:
    assert parse_post(FORMS["free_note"], {"csrfmiddlewaretoken": ["x"], "note.other": ["y"]}, ZONE) == {}


def test_a_fault_in_a_fixed_row_stands_at_its_row() -> None:
    content = copy.deepcopy(examples(INPATIENT)[0])
    content["a2_history"]["related_characteristics"] = [{"row": "04", "months": "nhiều"}]
    page = sections(INPATIENT, content, validate(INPATIENT, content), ZONE)
    table = next(i for s in page for i in s.rows[0] if i.name == "a2_history.related_characteristics")
    places = [n for n, row in enumerate(table.rows) for cell in row if cell.errors]
    assert places == [3]
    assert len(table.rows) == 6
    assert table.rows[3][1].name == "a2_history.related_characteristics.3.months"


def test_a_draft_of_any_shape_can_be_drawn() -> None:
    wrongs: list[Any] = ["x", 5, [1, "a"], [{"at": {}}], {"extra": "no"}, {"extra": [1]}]
    for wrong in wrongs:
        page = sections(FORMS["vital_signs_chart"], {"reading": wrong}, [], ZONE)
        assert all(isinstance(i, Input) for s in page for row in s.rows for i in row)
