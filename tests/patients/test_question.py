"""The one search box, understood."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benhan.patients.question import WORDS_MAX, Question, understand

YEAR = (date(1985, 1, 1), date(1985, 12, 31))


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("Nguyễn Thị Đào", Question(("nguyen", "thi", "dao"), written="nguyễn thị đào")),
        (unicodedata.normalize("NFD", "Nguyễn Thị Đào"), Question(("nguyen", "thi", "dao"), written="nguyễn thị đào")),
        ("  nguyen   van  an 1985 ", Question(("nguyen", "van", "an"), YEAR, written="nguyen van an")),
        ("1985", Question(born=YEAR)),
        ("5/1985 an", Question(("an",), (date(1985, 5, 1), date(1985, 5, 31)), written="an")),
        ("2-5-1985", Question(born=(date(1985, 5, 2), date(1985, 5, 2)))),
        ("0912 345 678", Question(number="0912345678", code="0912 345 678")),
        ("+84912345678", Question(number="0912345678", code="+84912345678")),
        ("an 0912345678", Question(("an",), number="0912345678", code="0912345678", written="an")),
        ("DN4 010", Question(("010",), number="DN4", code="DN4", written="010")),
        ("bn26", Question(number="BN26", code="BN26")),
        ("TAM-2600001", Question(number="TAM2600001", code="TAM-2600001")),
        ("HS.26/00012", Question(number="HS2600012", code="HS.26/00012")),
        ("H'Hen Niê", Question(("h", "hen", "nie"), written="h'hen niê")),
        ("31/02/1985", Question(number="31021985", code="31/02/1985")),
        ("", Question()),
        (" % _ * \" ' ", Question(written="% _ * \" '")),
        (
            "001090000001||NGUYEN VAN THU|01011990|Nam|Số 1, Phố Thử|02012022",
            Question(number="001090000001", code="001090000001"),
        ),
    ],
)
def test_what_was_typed_is_understood(typed: str, question: Question) -> None:
    assert understand(typed) == question


@given(st.text(max_size=200))
def test_nothing_typed_breaks_it_and_words_are_only_letters_and_digits(typed: str) -> None:
    question = understand(typed)
    assert len(question.words) <= WORDS_MAX
    assert all(word.isalnum() or all(c.isalnum() for c in word) for word in question.words)
