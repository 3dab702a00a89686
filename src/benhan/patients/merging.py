"""Merge is a link: rows stay with the patient they were written for, reads follow the link. So undoing is exact.

Every model with a key to Patient declares here how it behaves; a test fails for any that does not (field-notes A.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from benhan.kernel.errors import Conflict
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
    """The ids under which data of this person may stand: the living one and everybody merged into it, at any depth,
    whichever of them is asked for."""
    root = patient.living.pk
    family, edge = [root], [root]
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


def relatives(of: QuerySet[Any, Any]) -> set[UUID]:
    """Everybody joined by merges, in either direction and at any depth, to one of these ids (themselves included)."""
    links = Patient.objects.exclude(merged_into=None)
    found: set[UUID] = set()
    edge = _ends(links.filter(Q(pk__in=of) | Q(merged_into__in=of)))
    while edge:
        found |= edge
        edge = _ends(links.filter(Q(pk__in=edge) | Q(merged_into__in=edge))) - found
    return found


def _ends(links: QuerySet[Patient]) -> set[UUID]:
    return {end for pair in links.values_list("pk", "merged_into_id") for end in pair if end}


def require_living(patient: Patient) -> None:
    """A person who was merged away is written through the surviving one: Conflict `merged_away` names who that is."""
    if patient.merged_into is not None:
        living = patient.living
        raise Conflict(
            f"Người bệnh này đã được gộp vào {living.full_name} ({living.patient_number}); hãy ghi ở đó",
            code="merged_away",
        )


for _label in ("Identifier", "Representative", "PatientChange"):
    declare(f"patients.{_label}", "follow")
for _label in ("NameIndex", "Patient", "Merge"):
    declare(f"patients.{_label}", "own")
