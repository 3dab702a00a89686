"""Signs the fonts lack are shown by their number instead of stopping the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benhan.proof.glyphs import drawable

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"


def test_vietnamese_and_the_signs_of_the_ward_are_drawn() -> None:
    for text in (VIETNAMESE, VIETNAMESE.upper(), "≥ ≤ ± → ↑ ↓ ♀ ♂ ✓ ☐ ☒ µ ° ½ ² ³ ₂ β × – … “”"):
        assert drawable(text) == text


def test_others_are_named() -> None:
    assert drawable({"a": ["漢", 1, None]}) == {"a": ["[U+6F22]", 1, None]}


@given(st.text())
def test_nothing_is_lost_and_it_settles(text: str) -> None:
    assert drawable(drawable(text)) == drawable(text)
    assert len(drawable(text)) >= len(text)
