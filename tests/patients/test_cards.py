"""The QR of identity cards and insurance cards, as scanners type them. All people and numbers are invented."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benhan.kernel.errors import Invalid
from benhan.patients import citizen_card, insurance_card

CITIZEN = "000090000001|000000001|NGUYỄN VĂN THỬ|01021990|Nam|Số 1, Phố Thử, Xã Thử, Tỉnh Thử|02012022"
NAME, ADDRESS = "Nguyễn Thị Thử".encode().hex(), "Xã Thử".encode().hex()
INSURANCE = f"DN4000123456789|{NAME}|03/04/1960|2|{ADDRESS}|00 - 028|01/01/2026|31/12/2026|01/01/2026|-|4|-|x|$"


def test_an_identity_card_is_read_with_its_older_number() -> None:
    card = citizen_card.parse(CITIZEN + "\r\n")
    assert card == citizen_card.CitizenCard(
        "000090000001",
        "000000001",
        "NGUYỄN VĂN THỬ",
        date(1990, 2, 1),
        "day",
        "1",
        "Số 1, Phố Thử, Xã Thử, Tỉnh Thử",
        date(2022, 1, 2),
    )


def test_decomposed_marks_become_composed_and_later_fields_are_ignored() -> None:
    card = citizen_card.parse(unicodedata.normalize("NFD", CITIZEN) + "|||thêm")
    assert card.full_name == "NGUYỄN VĂN THỬ"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("00001950", (date(1950, 1, 1), "year")),
        ("1950", (date(1950, 1, 1), "year")),
        ("", (None, "unknown")),
        ("31021990", (date(1990, 1, 1), "year")),
    ],
)
def test_a_birth_date_is_read_as_far_as_it_is_known(birth: str, expected: object) -> None:
    card = citizen_card.parse(CITIZEN.replace("01021990", birth))
    assert (card.birth_date, card.birth_precision) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "card_shape"),
        ("abc", "card_shape"),
        (CITIZEN.replace("000090000001", "12"), "card_number"),
        (CITIZEN.replace("000090000001", "٠٠٠٠٩٠٠٠٠٠٠١"), "card_number"),
        (CITIZEN.replace("NGUYỄN VĂN THỬ", " "), "card_name"),
    ],
)
def test_a_wrong_identity_card_says_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(Invalid) as no:
        citizen_card.parse(text)
    assert [e.code for e in no.value.errors] == [code]


def test_an_insurance_card_is_read() -> None:
    card = insurance_card.parse(INSURANCE)
    assert card == insurance_card.InsuranceCard(
        "DN4000123456789",
        "Nguyễn Thị Thử",
        date(1960, 4, 3),
        "day",
        "2",
        "Xã Thử",
        "00028",
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert insurance_card.looks_like(INSURANCE)
    assert not insurance_card.looks_like(CITIZEN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DN4000123456789|x", "card_shape"),
        (INSURANCE.replace("DN4000", "DN9000"), "card_number"),
        (INSURANCE.replace(NAME, "zz"), "card_name"),
        (INSURANCE.replace(NAME, "ff"), "card_name"),
        (INSURANCE.replace(ADDRESS, "abc"), "card_address"),
    ],
)
def test_a_wrong_insurance_card_says_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(Invalid) as no:
        insurance_card.parse(text)
    assert [e.code for e in no.value.errors] == [code]


@given(st.lists(st.text(max_size=30), max_size=14).map("|".join))
def test_any_text_is_either_a_card_or_a_fault_told(text: str) -> None:
    for parse in (citizen_card.parse, insurance_card.parse):
        with suppress(Invalid):
            parse(text)
