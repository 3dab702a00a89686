"""What the fields mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benhan.forms.extract import Extract, extract
from benhan.forms.prefill import prefill
from tests.forms.contents import FORMS, contents, examples


def found(code: str) -> list[Extract]:
    return extract(FORMS[code], examples(FORMS[code])[0])


def test_a_record_form_tells_conditions_vital_signs_and_allergies() -> None:
    meanings = found("inpatient_general_medicine")
    main = next(e for e in meanings if e.role == "main")
    assert (main.kind, main.code, main.system, main.display) == (
        "condition", "J18.1", "icd10", "Viêm phổi thùy dưới phải",
    )  # fmt: skip
    assert next(e for e in meanings if e.kind == "allergy").display == "Penicillin: nổi mề đay"
    pulse = next(e for e in meanings if e.code == "8867-4")
    assert (pulse.value, pulse.unit, pulse.path) == (96, "/min", "a3_examination.pulse")
    comorbidity = next(e for e in meanings if e.role == "comorbidity")
    assert comorbidity.path == "diagnosis.discharge_comorbidities.0"


def test_a_denied_allergy_is_told_apart_from_one_nobody_asked_for() -> None:
    row = {"row": "01", "present": "0", "detail": "không"}
    content = {"a2_history": {"related_characteristics": [row]}}
    assert [(e.kind, e.role) for e in extract(FORMS["inpatient_general_medicine"], content)] == [("allergy", "absent")]
    assert extract(FORMS["inpatient_general_medicine"], {"a2_history": {"related_characteristics": []}}) == []


def test_an_allergy_without_a_name_is_still_one() -> None:
    content = {"a2_history": {"related_characteristics": [{"row": "01", "present": "1"}]}}
    (found,) = extract(FORMS["inpatient_general_medicine"], content)
    assert (found.display, found.role) == ("Có dị ứng, chưa ghi rõ dị nguyên", "")


@pytest.mark.parametrize(
    ("typed", "role"),
    [("Không", "absent"), ("Chưa ghi nhận.", "absent"), ("Penicillin", ""), ("Không dung nạp aspirin", "")],
)
def test_the_nursing_sheet_tells_an_allergy_from_none(typed: str, role: str) -> None:
    (found,) = extract(FORMS["nursing_care_level_1"], {"header": {"allergy": typed}})
    assert (found.kind, found.display, found.role) == ("allergy", typed, role)


def test_results_drugs_and_requests_come_line_by_line() -> None:
    assert [e.value for e in found("lab_general_result") if e.role == "laboratory"] == [
        "15,2",
        "138",
        "265",
        "86",
        "3,4",
    ]
    drugs = [e for e in found("prescription") if e.kind == "medication"]
    assert [(d.display, d.value) for d in drugs] == [("Metformin hydroclorid", "1 viên"), ("Amlodipin", "1 viên")]
    assert {e.role for e in found("treatment_sheet")} == {"order", "laboratory", "imaging", "working", "comorbidity"}


def test_the_time_of_a_reading_goes_with_its_values() -> None:
    assert {e.at for e in found("vital_signs_chart")} == {"2025-09-02T10:00:00+07:00"}


@pytest.mark.parametrize("code", sorted(FORMS))
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_every_path_leads_back_into_the_content(code: str, data: st.DataObject) -> None:
    content = data.draw(contents(FORMS[code]))
    for meaning in extract(FORMS[code], content):
        place: object = content
        for step in meaning.path.split("."):
            place = place[int(step)] if isinstance(place, list) else place[step]  # type: ignore[index] # walks JSON
        assert place not in (None, "")


def test_known_facts_are_filled_in_with_the_type_of_the_field() -> None:
    known: dict[str, dict[str, Any]] = {
        "patient": {"full_name": "PHẠM VĂN THỬ", "sex": 1, "age": 62},
        "stay": {"department": "Khoa Nội"},
    }
    filled = prefill(FORMS["vital_signs_chart"], known)
    assert filled["header"] == {"full_name": "PHẠM VĂN THỬ", "sex": "1", "age": "62", "department": "Khoa Nội"}
    assert "sex" not in prefill(FORMS["vital_signs_chart"], {"patient": {"sex": "9"}}).get("header", {})


def test_only_marked_fields_are_taken_from_the_entry_before() -> None:
    before = examples(FORMS["nursing_care_level_1"])[0]
    taken = prefill(FORMS["nursing_care_level_1"], {}, before)
    assert taken == {"header": {"care_level": "1"}}
