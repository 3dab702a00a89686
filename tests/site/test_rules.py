"""The facility's own rules: checked, logged, used."""

from __future__ import annotations

import pytest

from benhan.kernel.errors import Invalid
from benhan.site import rules
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_a_pattern_counts_for_the_next_record(cast: Cast) -> None:
    assert rules.change({"numbers.record.outpatient": "{facility}/{year}/{serial:04d}"}, by="x") == 1
    number = cast.open().record_number
    assert number.startswith("00001/")
    assert number.endswith("/0001")


@pytest.mark.parametrize(
    "pattern",
    [
        "khong-so",
        "{ai}",
        "{serial",
        "{serial.__class__}",
        "{0}",
        "x" * 60 + "{serial}",
        "",
        "{serial:099999999d}",
        "{serial!r}",
        "{month}.{serial}",
        "{serial:{serial}}",
        "a\n{serial}",
        "{serial}\0",
        '"{serial}',
        "<b>{serial}",
    ],
)
def test_a_pattern_that_could_double_or_break_is_refused(cast: Cast, pattern: str) -> None:
    with pytest.raises(Invalid):
        rules.change({"numbers.record.outpatient": pattern, "numbers.archive": "{serial}"}, by="x")
    assert cast.open().record_number.startswith("NGT")


def test_a_time_stamp_authority_has_an_address(cast: Cast) -> None:
    with pytest.raises(Invalid):
        rules.change({"signing.tsa_url": "file:///etc/passwd"}, by="x")
    assert rules.change({"signing.tsa_url": "https://tsa.example"}, by="x") == 1
