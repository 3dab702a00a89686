"""A rebuild of the projection equals what stands."""

from __future__ import annotations

import pytest

from benhan.access.actors import system_actor
from benhan.clinical import queries, services
from benhan.clinical.models import ClinicalFact
from benhan.exchange.bhyt import generator
from benhan.exchange.bhyt import services as bhyt
from benhan.records import services as writing
from tests.people import Cast, vitals

pytestmark = pytest.mark.django_db


def standing() -> set[tuple[object, ...]]:
    return set(
        ClinicalFact.objects.values_list(
            "kind", "document_id", "path", "code", "display", "text_value", "number_value", "clinical_at"
        )
    )


def test_a_rebuild_equals_what_stands(cast: Cast) -> None:
    record = cast.open()
    first = writing.write(record, "vital_signs_chart", vitals(), actor=cast.nurse)
    writing.amend(first.document, vitals(pulse=90), reason="sai", actor=cast.nurse, base_version_no=1)
    writing.cancel(
        writing.write(record, "vital_signs_chart", vitals(pulse=120), actor=cast.nurse).document,
        reason="nhầm",
        actor=cast.nurse,
    )
    bhyt.import_data(generator.files(6), source="x", actor=system_actor("t"))
    before = standing()
    assert before
    services.rebuild()
    assert standing() == before


def test_the_chart_shows_the_newest_version_and_no_cancelled_reading(cast: Cast) -> None:
    record = cast.open()
    version = writing.write(record, "vital_signs_chart", vitals(pulse=80), actor=cast.nurse)
    writing.amend(version.document, vitals(pulse=95), reason="sai", actor=cast.nurse, base_version_no=1)
    values = [f.number_value for points in queries.vital_signs(record).values() for f in points]
    assert 95 in values
    assert 80 not in values
