"""Few patients are merged, a million are not: finding the few must never read the million."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet

from benhan.kernel import clock
from benhan.patients.merging import family_ids
from benhan.patients.models import Patient
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(cast: Cast) -> None:
    """A house of some size, whose database has counted it: SQLite then knows that nearly all keys are NULL."""
    Patient.objects.bulk_create(
        [
            Patient(patient_number=f"X{n:06d}", full_name="Người Đo", name_folded="nguoi do", recorded_at=clock.now())
            for n in range(3000)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("key", ["merged_into", "mother"])
def test_the_few_are_found_by_their_own_index(cast: Cast, counted: None, key: str) -> None:
    rows: QuerySet[Patient] = Patient.objects.filter(**{f"{key}__in": [cast.patient.pk]})
    plan = rows.explain()
    index = {"merged_into": "patients_patient_merged", "mother": "patients_patient_mother"}[key]
    assert index in plan, plan


def test_a_family_is_still_whole(cast: Cast, counted: None) -> None:
    Patient.objects.filter(pk=cast.other_patient.pk).update(merged_into=cast.patient)
    assert set(family_ids(cast.patient)) == {cast.patient.pk, cast.other_patient.pk}
