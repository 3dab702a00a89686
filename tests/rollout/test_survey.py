"""The survey saves as it goes, answers half by itself, and its answers become gaps."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from benhan.kernel.errors import Refused
from benhan.law.rollout import gap_kinds
from benhan.rollout.survey import queries, services
from benhan.rollout.survey.measured import MEASURES
from benhan.rollout.survey.models import Answer
from benhan.rollout.survey.questions import questions
from tests.people import Cast

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only,
]  # plain rows and papers: the other rooms try both databases


def test_half_of_it_the_system_answers_itself(cast: Cast) -> None:
    asked = questions()
    assert {q.measured for q in asked.values() if q.measured} == MEASURES.keys()
    assert len(MEASURES) * 2 >= len(asked)
    found = queries.answers()
    assert found["doctors"].seen == 4
    assert found["clinical_departments"].value == 2
    assert found["staff_lacking"].seen == 3


def test_a_persons_word_stands_beside_what_was_measured_and_counts(cast: Cast) -> None:
    assert services.answer({"doctors": ["12"]}, actor=cast.planning) == []
    line = queries.answers()["doctors"]
    assert (line.seen, line.given, line.value) == (4, 12, 12)
    assert "Đỗ Thị Hoa" in line.by
    services.answer({"doctors": [""]}, actor=cast.planning)
    assert queries.answers()["doctors"].value == 4


def test_what_is_right_is_kept_and_what_is_wrong_is_told(cast: Cast) -> None:
    faults = services.answer(
        {"computers": ["7"], "printers": ["nhiều"], "facility_kind": ["palace"], "his": ["x" * 2_001]},
        actor=cast.planning,
    )
    assert {f.path for f in faults} == {"printers", "facility_kind", "his"}
    assert all(f.message for f in faults)
    assert Answer.objects.get().question == "computers"


def test_a_survey_left_half_way_goes_on_and_hides_no_question(cast: Cast) -> None:
    services.answer({"lan": ["no"]}, actor=cast.planning)
    client = Client()
    client.force_login(cast.accounts["planning"])
    page = client.get(reverse("survey:survey")).content.decode()
    assert 'value="no" selected' in page
    listed = client.get(reverse("survey:gaps")).content.decode()
    assert "Khoa chưa nối mạng nội bộ" in listed
    assert "chưa trả lời" in listed


def test_a_field_is_saved_when_it_is_left(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.accounts["planning"])
    answer = client.post(reverse("survey:save"), {"ups": "no", "asked": "patient_way"}, headers={"HX-Request": "true"})
    assert "đã lưu" in answer.content.decode()
    assert Answer.objects.get(pk="ups").value == "no"
    again = client.post(reverse("survey:save"), {"printers": "nhiều"}, headers={"HX-Request": "true"})
    assert "số nguyên" in again.content.decode()
    whole = client.post(reverse("survey:save"), {"printers": "nhiều"})
    assert whole.status_code == 422


def test_every_gap_has_an_answer_that_finds_it_and_one_that_does_not(cast: Cast) -> None:
    """A gap that nothing finds, or that stands whatever is answered, is a defect."""
    found = set()
    for question in questions().values():
        for rule in question.gaps:
            bad = {"no": "no", "yes": "yes", "empty": None}.get(rule.when)
            if rule.when in ("below", "above"):
                bad, good = (rule.value - 1, rule.value) if rule.when == "below" else (rule.value + 1, rule.value)
            elif rule.when in ("any_of", "none_of"):
                inside = [rule.value[0]]
                outside = [next(o for o in question.options if o not in rule.value)]
                bad, good = (inside, outside) if rule.when == "any_of" else (outside, inside)
            else:
                good = {"no": "yes", "yes": "no", "empty": 1}[rule.when]
            assert rule.holds(bad), (question.id, rule)
            assert not rule.holds(good), (question.id, rule)
            found.add(rule.gap)
    assert found == gap_kinds().keys()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(questions())), st.lists(st.text(max_size=30), max_size=3))
def test_whatever_is_typed_is_read_or_refused_with_words(question: str, typed: list[str]) -> None:
    value, fault = questions()[question].read(typed)
    assert fault is None or (fault.message and fault.path == question)
    assert value is None or questions()[question].said(value)


def test_the_gap_list_is_a_table_without_formulas(cast: Cast) -> None:
    services.answer({"paper_only_forms": ["2"], "paper_only_list": ['=HYPERLINK("http://x")']}, actor=cast.planning)
    client = Client()
    client.force_login(cast.accounts["planning"])
    book = load_workbook(io.BytesIO(client.get(reverse("survey:gaps_xlsx")).content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "Việc còn thiếu"
    assert any("mẫu giấy chưa có trên phần mềm" in str(row[0]) for row in rows)


def test_who_treats_patients_does_not_fill_the_survey(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.answer({"lan": ["no"]}, actor=cast.doctor)
