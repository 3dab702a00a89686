"""Reads of the projection."""

from __future__ import annotations

from benhan.clinical.models import ClinicalFact
from benhan.patients.merging import family_ids
from benhan.patients.models import Patient
from benhan.records.models import MedicalRecord

CHART_POINTS_MAX = 60


def allergies(patient: Patient) -> list[str]:
    """Allergies written about a person, newest first, each once."""
    rows = ClinicalFact.objects.filter(patient_id__in=family_ids(patient), kind="allergy").order_by("-clinical_at")[:20]
    return list(dict.fromkeys(r.display or r.text_value for r in rows))


def vital_signs(record: MedicalRecord) -> dict[str, list[ClinicalFact]]:
    """The newest vital signs of a stay by code, in order of time, for the chart."""
    rows = list(
        ClinicalFact.objects.filter(record_id=record.pk, kind="observation", number_value__isnull=False).order_by(
            "-clinical_at"
        )[: CHART_POINTS_MAX * 7]
    )
    found: dict[str, list[ClinicalFact]] = {}
    for row in reversed(rows):
        found.setdefault(row.code, []).append(row)
    return {code: points[-CHART_POINTS_MAX:] for code, points in found.items()}


def conditions(patient: Patient, *, limit: int = 50) -> list[ClinicalFact]:
    """Diagnoses written about a person, newest first."""
    rows = ClinicalFact.objects.filter(patient_id__in=family_ids(patient), kind="condition")
    return list(rows.order_by("-clinical_at")[:limit])
