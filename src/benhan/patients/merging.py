"""Merge is a link: rows stay with the patient they were written for, reads follow the link. So undoing is exact.

Every model with a key to Patient declares here how it behaves; a test fails for any that does not (field-notes A.5).
"""

from __future__ import annotations

from uuid import UUID

from benhan.patients.models import Patient

RULES = {"follow": "reads ask for the whole family of ids", "own": "belongs to the single patient row"}
_declared: dict[str, str] = {}


def declare(model_label: str, rule: str) -> None:
    """Declare the rule of a model, e.g. `declare("records.MedicalRecord", "follow")`."""
    if rule not in RULES:
        raise ValueError(rule)
    _declared[model_label] = rule


def declared() -> dict[str, str]:
    """All declared models and rules."""
    return dict(_declared)


def family_ids(patient: Patient) -> list[UUID]:
    """The ids under which data of this person may stand: the survivor and everybody merged into it, at any depth."""
    family, edge = [patient.pk], [patient.pk]
    while edge:
        edge = [i for i in Patient.objects.filter(merged_into__in=edge).values_list("pk", flat=True) if i not in family]
        family += edge
    return family


for _label in ("Identifier", "Representative", "PatientChange"):
    declare(f"patients.{_label}", "follow")
for _label in ("NameIndex", "Patient", "Merge"):
    declare(f"patients.{_label}", "own")
