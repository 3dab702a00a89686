"""Reads of the projection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benhan.clinical.models import ClinicalFact
from benhan.kernel.text import fold
from benhan.patients.merging import family_ids
from benhan.patients.models import Patient
from benhan.records.models import MedicalRecord

CHART_POINTS_MAX = 60
ALLERGY_ROWS_MAX = 500
CONDITION_ROWS_MAX = 200
ABSENT = "absent"
# What names the disease of a stay, the surest first. A referral's opinion and a cause of death do not.
DIAGNOSIS_ROLES = ("main", "working", "ward", "admission", "")


@dataclass(frozen=True)
class Allergies:
    """What is known of a person's allergies: their names, or when it was asked and denied, or nothing: never asked."""

    names: tuple[str, ...]
    denied_at: datetime | None

    @property
    def asked(self) -> bool:
        """Whether any document says something about allergies."""
        return bool(self.names) or self.denied_at is not None


def allergies(patient: Patient) -> Allergies:
    """Allergies written about a person, newest first, each once. A later "none" never takes a named one away."""
    rows = ClinicalFact.objects.filter(patient_id__in=family_ids(patient), kind="allergy").order_by("-clinical_at")
    names: dict[str, str] = {}
    denied_at = None
    for row in rows[:ALLERGY_ROWS_MAX]:
        if row.role == ABSENT:
            denied_at = denied_at or row.clinical_at
            continue
        for name in re.split(r"[;\n]", row.display or row.text_value):
            if name.strip():
                names.setdefault(fold(name), name.strip())
    return Allergies(tuple(names.values()), None if names else denied_at)


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
    """Diagnoses written about a person, newest first, each once."""
    rows = ClinicalFact.objects.filter(patient_id__in=family_ids(patient), kind="condition").order_by("-clinical_at")
    found: dict[str, ClinicalFact] = {}
    for row in rows[:CONDITION_ROWS_MAX]:
        found.setdefault(fold(row.display) or row.code, row)
    return list(found.values())[:limit]


def known_facts(record: MedicalRecord) -> dict[str, dict[str, Any]]:
    """What a new sheet of this record gets filled in: named allergies, the stay's diagnosis and accompanying diseases.

    A denied allergy is not carried on: "none" must be asked again, not copied. Nor is the diagnosis of an earlier stay."""
    return {
        "patient": {"allergies": "; ".join(allergies(record.person).names)},
        "stay": {"diagnosis": _diagnosis(record), "comorbidities": _comorbidities(record)},
    }


def _diagnosis(record: MedicalRecord) -> str:
    """The newest diagnosis of a stay: of the newest document that names one, the surest of what it says."""
    rows = list(
        ClinicalFact.objects.filter(record_id=record.pk, kind="condition", role__in=DIAGNOSIS_ROLES)
        .exclude(display="", code="")
        .order_by("-clinical_at", "-pk")[:CONDITION_ROWS_MAX]
    )
    of_newest = [r for r in rows if r.document_id == rows[0].document_id]
    best = min(of_newest, key=lambda r: DIAGNOSIS_ROLES.index(r.role), default=None)
    return (best.display or best.code) if best else ""


def _comorbidities(record: MedicalRecord) -> str:
    """The accompanying diseases the newest document names."""
    rows = list(
        ClinicalFact.objects.filter(record_id=record.pk, kind="condition", role="comorbidity").order_by(
            "-clinical_at", "pk"
        )[:CONDITION_ROWS_MAX]
    )
    return "; ".join(dict.fromkeys(r.display or r.code for r in rows if r.document_id == rows[0].document_id))
