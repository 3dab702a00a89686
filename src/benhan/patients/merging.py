"""Merge is a link: rows stay with the patient they were written for, reads follow the link. So undoing is exact.

Every model with a key to Patient declares here how it behaves; a test fails for any that does not (field-notes A.5).
"""

from __future__ import annotations

from collections.abc import Sequence
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


def survivors(patients: Sequence[Patient]) -> dict[UUID, Patient]:
    """For each patient the living one at the end of its chain of merges, by the id asked for."""
    living = {p.pk: p for p in patients}
    while retired := {p.merged_into_id for p in living.values() if p.merged_into_id}:
        next_ones = Patient.objects.in_bulk(list(retired))
        living = {pk: next_ones[p.merged_into_id] if p.merged_into_id else p for pk, p in living.items()}
    return living


for _label in ("Identifier", "Representative", "PatientChange"):
    declare(f"patients.{_label}", "follow")
for _label in ("NameIndex", "Patient", "Merge"):
    declare(f"patients.{_label}", "own")
