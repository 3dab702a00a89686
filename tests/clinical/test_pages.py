"""Vital signs on the record's page: in the words and units of the ward."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benhan.clinical import pages
from benhan.kernel import clock
from benhan.records import services as writing
from tests.people import Cast, vitals

pytestmark = pytest.mark.django_db(transaction=True)


def test_signs_are_told_as_a_ward_tells_them(cast: Cast) -> None:
    record = cast.open()
    for hours, pulse in ((3, 92), (1, 80)):
        at = clock.now() - timedelta(hours=hours)
        content = vitals(at=at.isoformat(), pulse=pulse, temperature=36.5, bp_systolic=125, bp_diastolic=75)
        writing.write(record, "vital_signs_chart", content, actor=cast.nurse, clinical_at=at)
    drawn = str(pages.vital_signs_chart(record))
    for words in ("80 lần/phút", "36,5 °C", "125/75 mmHg"):
        assert words in drawn
    assert "mm[Hg]" not in drawn
    assert "Cel" not in drawn
    assert drawn.index("80 lần/phút") < drawn.index("36,5 °C") < drawn.index("125/75")
    assert drawn.count("<circle") == 4
