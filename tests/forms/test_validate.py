"""What the validation refuses, and that it says so in words."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benhan.forms.validate import CONTENT_BYTES_MAX, clean, validate, warnings
from benhan.kernel import clock
from benhan.kernel.errors import Invalid
from benhan.law import codes, registry
from tests.forms.contents import BORN, FORMS, NOW, contents, examples

VITALS = FORMS["vital_signs_chart"]
INPATIENT = FORMS["inpatient_general_medicine"]


BORN_TODAY = NOW - timedelta(hours=3)


def faults(form: Any, content: dict[str, Any], purpose: str = "saving") -> set[tuple[str, str]]:
    with clock.held_at(NOW):
        found = validate(form, content, purpose=purpose, born=BORN, code_known=codes.is_known)
    assert all(e.message for e in found)
    return {(e.path, e.code) for e in found}


def test_what_is_counted_is_a_whole_number() -> None:
    """An Apgar of 8.2 is a slip; a weight of 2.8 kg is none."""
    form = FORMS["inpatient_neonatology"]
    for typed, wrong in ((8, False), (8.0, False), (8.2, True), (0.5, True)):
        assert (("a2_birth.apgar1", "whole") in faults(form, {"a2_birth": {"apgar1": typed}})) is wrong
    assert all(f.type == "number" for one in FORMS.values() for s in one.sections for f in s.fields if f.whole)


@pytest.mark.parametrize("code", sorted(FORMS))
def test_every_example_is_good_for_signing_and_closing(code: str) -> None:
    for content in examples(FORMS[code]):
        assert clean(FORMS[code], content) == content
        assert faults(FORMS[code], content, "signing") == set()
        assert faults(FORMS[code], content, "closing") == set()
        assert warnings(FORMS[code], content) == []


@pytest.mark.parametrize("code", sorted(FORMS))
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_what_a_definition_allows_is_valid_for_saving(code: str, data: st.DataObject) -> None:
    content = data.draw(contents(FORMS[code]))
    tidy = clean(FORMS[code], content)
    assert faults(FORMS[code], tidy) == set()
    assert clean(FORMS[code], tidy) == tidy


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), junk=json_values)
def test_no_junk_crashes_and_none_passes_as_unknown(data: st.DataObject, junk: Any) -> None:
    form = FORMS[data.draw(st.sampled_from(sorted(FORMS)))]
    section = data.draw(st.sampled_from(form.sections))
    field = data.draw(st.sampled_from(section.fields))
    for content in ({section.id: junk}, {section.id: {field.id: junk}}, {section.id: [{field.id: junk}]}, {"x": junk}):
        try:
            tidy = clean(form, content)
        except Invalid:
            continue
        with clock.held_at(NOW):
            validate(form, tidy, purpose="closing", born=BORN, code_known=codes.is_known)


def test_unknown_keys_are_refused_at_every_depth() -> None:
    assert ("nothing", "unknown_section") in faults(VITALS, {"nothing": {}})
    assert ("reading.other", "unknown_field") in faults(VITALS, {"reading": {"other": "1"}})
    assert ("reading.extra.0.other", "unknown_field") in faults(VITALS, {"reading": {"extra": [{"other": "1"}]}})


def test_a_number_beyond_its_hard_range_is_refused_and_an_unusual_one_is_asked_about() -> None:
    assert ("reading.pulse", "too_large") in faults(VITALS, {"reading": {"pulse": 900}})
    assert ("reading.temperature", "too_small") in faults(VITALS, {"reading": {"temperature": 3.6}})
    unusual = {"reading": {"pulse": 190, "temperature": 41.2}}
    assert faults(VITALS, unusual) == set()
    assert {w.path for w in warnings(VITALS, unusual)} == {"reading.pulse", "reading.temperature"}


def test_times_ahead_of_the_clock_and_before_birth_are_refused() -> None:
    late = (NOW + timedelta(hours=2)).isoformat()
    assert ("reading.at", "future") in faults(VITALS, {"reading": {"at": late}})
    assert ("reading.at", "before_birth") in faults(VITALS, {"reading": {"at": "1950-01-01T08:00:00+07:00"}})
    assert ("reading.at", "format") in faults(VITALS, {"reading": {"at": "2025-09-02T08:00:00"}})
    soon = (NOW + timedelta(minutes=2)).isoformat()
    assert faults(VITALS, {"reading": {"at": soon}}) == set()


@pytest.mark.parametrize("day", ["1950", "1950-03", "1950-03-01"])
def test_a_birth_date_may_be_as_vague_as_it_is_known(day: str) -> None:
    with clock.held_at(NOW):
        assert validate(INPATIENT, {"administrative": {"birth_date": day}}) == []


@pytest.mark.parametrize("day", ["2025-02-30", "1950-13", "50", "1950-3-1", "٢٠٢٥", "2025-09-02\n"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    assert ("administrative.birth_date", "format") in faults(INPATIENT, {"administrative": {"birth_date": day}})


def test_an_unknown_code_of_a_list_is_refused() -> None:
    assert ("administrative.ethnicity", "code") in faults(INPATIENT, {"administrative": {"ethnicity": "zz"}})


def test_required_grows_from_saving_over_signing_to_closing() -> None:
    content = copy.deepcopy(examples(INPATIENT)[0])
    del content["b_summary"], content["discharge_status"]
    content["diagnosis"] = {"ward_diagnosis": "Viêm phổi"}
    assert faults(INPATIENT, content, "signing") == set()
    assert ("diagnosis.discharge_main_icd", "required") in faults(INPATIENT, content, "closing")
    assert ("administrative.full_name", "required") in faults(INPATIENT, {}, "signing")
    assert faults(INPATIENT, {}, "saving") == set()


def test_a_hidden_field_may_be_empty_but_not_ill_shaped() -> None:
    summary = FORMS["record_summary"]
    assert faults(summary, {"summary": {"medical": "0"}}) == set()
    assert ("summary.medical_detail", "type") in faults(summary, {"summary": {"medical": "0", "medical_detail": 5}})


def test_fixed_rows_are_named_once_and_known() -> None:
    def of(*rows: dict[str, Any]) -> set[tuple[str, str]]:
        return faults(INPATIENT, {"a2_history": {"related_characteristics": list(rows)}})

    assert of({"row": "01", "present": "1"}, {"row": "04", "present": "0"}) == set()
    place = "a2_history.related_characteristics"
    assert (f"{place}.1", "row") in of({"row": "01", "present": "1"}, {"row": "01", "present": "0"})
    assert (f"{place}.0", "row") in of({"present": "1"})
    assert (f"{place}.0", "row") in of({"row": "99", "present": "1"})


def test_tables_and_texts_have_limits() -> None:
    assert ("reading.extra", "too_many_rows") in faults(VITALS, {"reading": {"extra": [{"name": "a"}] * 501}})
    assert ("header.department", "too_long") in faults(VITALS, {"header": {"department": "x" * 501}})
    huge = {"header": {"department": "x" * CONTENT_BYTES_MAX}}
    assert faults(VITALS, huge) == {("", "too_big")}


def test_content_that_cannot_be_kept_is_refused() -> None:
    assert faults(VITALS, {"reading": {"pulse": float("nan")}}) == {("", "shape")}
    assert faults(VITALS, {"reading": {"pulse": 2**60}}) == {("", "shape")}
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]
    with pytest.raises(Invalid):
        clean(VITALS, {"reading": deep})


def test_cleaning_takes_away_what_nobody_sees_and_nothing_else() -> None:
    dirty = {"header": {"department": "  Nội\u202e tô\u0309ng\u0000 hợp ", "room": ""}, "reading": {}}
    assert clean(VITALS, dirty) == {"header": {"department": "Nội tổng hợp"}}


def test_a_drawing_is_strokes_and_never_markup() -> None:
    from benhan.forms.definition import Field, FormVersion, Section

    form = registry.all_versions()[0]
    drawing = Field("picture", "Hình vẽ", "Drawing", "drawing")
    own = FormVersion(**{**form.__dict__, "sections": (Section("s", "S", "S", (drawing,)),)})
    assert faults(own, {"s": {"picture": "M 1 2 L 3.5 -4"}}) == set()
    assert ("s.picture", "type") in faults(own, {"s": {"picture": '"/><script>'}})
    assert ("s.picture", "too_long") in faults(own, {"s": {"picture": "M 1 2 " * 40_000}})


def test_days_of_other_people_may_lie_before_the_patients_birth() -> None:
    """A newborn's papers name the mother and the hour her waters broke."""
    sheet = FORMS["newborn_sheet"]
    early = (BORN_TODAY - timedelta(hours=30)).isoformat()
    found = {
        (f.path, f.code)
        for f in validate(
            sheet,
            {"mother": {"ruptured_at": early}, "birth": {"born_at": early}},
            purpose="saving",
            born=BORN_TODAY.date(),
        )
    }
    assert ("mother.ruptured_at", "before_birth") not in found
    assert ("birth.born_at", "before_birth") in found
    for form in FORMS.values():
        for section in form.sections:
            for f in section.fields:
                if f.id == "birth_date" and not f.prefill:
                    assert f.may_precede_birth, f"{form.code}: {section.id}.{f.id} is somebody else's"
