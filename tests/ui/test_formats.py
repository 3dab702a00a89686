"""Dates, ages and numbers as they are written in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from benhan.ui import formats


def test_a_moment_is_shown_on_the_facilitys_clock() -> None:
    assert formats.vn_datetime(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23/11/2026 01:05"
    assert formats.vn_date(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23/11/2026"
    assert formats.vn_date(None) == formats.vn_datetime(None) == formats.vn_time(None) == ""


@pytest.mark.parametrize(
    ("born", "precision", "shown"),
    [
        (date(2026, 11, 23), "day", "0 ngày tuổi"),
        (date(2026, 10, 26), "day", "28 ngày tuổi"),
        (date(2026, 10, 24), "day", "0 tháng tuổi"),
        (date(2023, 11, 24), "day", "35 tháng tuổi"),
        (date(2023, 11, 23), "day", "3 tuổi"),
        (date(1960, 11, 24), "day", "65 tuổi"),
        (date(1960, 1, 1), "year", "66 tuổi"),
        (date(2025, 1, 1), "month", "22 tháng tuổi"),
        (None, "unknown", "không rõ tuổi"),
    ],
)
def test_an_age_is_told_as_the_forms_ask_for_it(born: date | None, precision: str, shown: str) -> None:
    assert formats.age(born, precision, on=date(2026, 11, 23)) == shown


def test_a_birth_date_is_no_more_exact_than_it_is_known() -> None:
    assert formats.birth(date(1980, 3, 5), "day") == "05/03/1980"
    assert formats.birth(date(1980, 3, 1), "month") == "03/1980"
    assert formats.birth(date(1980, 1, 1), "year") == "1980"


def test_numbers_have_a_comma_before_decimals() -> None:
    assert formats.number(36.5) == "36,5"
    assert formats.number(1234567) == "1.234.567"
    assert formats.money(1234000) == "1.234.000 đ"
    assert formats.file_size(35 * 1024) == "35 KB"
