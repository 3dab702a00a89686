"""Reads of the patient index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from benhan.access.actors import Actor
from benhan.kernel.errors import NotFound
from benhan.kernel.text import fold
from benhan.patients import search as engine
from benhan.patients.merging import family_ids
from benhan.patients.models import Identifier, Merge, Patient, PatientChange, Representative

SEARCH_ROWS_MAX = 20
SEES_EVERYBODY = frozenset({"receptionist", "planning", "archivist", "system"})

# Above live the encounters that say whose patients a doctor may see; wiring hands the question up.
_visible: list[Callable[[Actor], QuerySet[Any]]] = []


def restrict_with(visible_ids: Callable[[Actor], QuerySet[Any]]) -> None:
    """Let a room above say which patient ids an actor of a ward may find (wiring only)."""
    _visible.append(visible_ids)


def patient(patient_id: UUID) -> Patient:
    """One patient; a merged one leads to its survivor."""
    found = Patient.objects.select_related("merged_into", "mother").filter(pk=patient_id).first()
    if found is None:
        raise NotFound("Không tìm thấy người bệnh")
    return found


def search(actor: Actor, text: str, limit: int = SEARCH_ROWS_MAX) -> list[Patient]:
    """Find patients the actor may find. Merged ones are shown as their survivor, once."""
    question = engine.understand(text)
    if question.is_empty:
        return []
    if actor.roles & SEES_EVERYBODY:
        ids = engine.find(question, min(limit, SEARCH_ROWS_MAX))
        rows = Patient.objects.select_related("merged_into").in_bulk([UUID(i) for i in ids])
        found = [rows[UUID(i)] for i in ids if UUID(i) in rows]
    else:
        found = list(_within(actor, question)[: min(limit, SEARCH_ROWS_MAX)])
    return list({(p.merged_into or p).pk: (p.merged_into or p) for p in found}.values())


def _within(actor: Actor, question: engine.Question) -> QuerySet[Patient]:
    """The search among the patients of a ward: small sets, so the plain columns do."""
    seen = Q()
    for visible in _visible:
        seen |= Q(pk__in=visible(actor))
    rows = Patient.objects.select_related("merged_into").filter(seen if _visible else Q(pk__in=[]))
    if question.number:
        return rows.filter(
            Q(patient_number__startswith=question.number)
            | Q(phone__contains=question.number)
            | Q(identifiers__normalised__startswith=question.number)
        ).distinct()
    for word in question.words:
        rows = rows.filter(Q(name_folded__startswith=word) | Q(name_folded__contains=f" {word}"))
    for token in question.birth:
        if token[0] == "y":
            rows = rows.filter(birth_date__year=int(token[1:]))
        else:
            rows = rows.filter(birth_date=date(int(token[1:5]), int(token[5:7]), int(token[7:9])))
    return rows.order_by("name_folded")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same person, with the reasons in Vietnamese; `score` 100 = certain."""

    patient: Patient
    score: int
    reasons: tuple[str, ...]


def likely_duplicates(
    *,
    full_name: str,
    birth_date: date | None,
    birth_precision: str,
    sex: str,
    phone: str,
    citizen_id: str,
    insurance_card: str = "",
) -> list[Candidate]:
    """Warn before a second copy of a person is made (REC-21): the same number, or name with birth, or name with phone."""
    reasons: dict[UUID, tuple[int, list[str]]] = {}

    def add(ids: list[UUID], score: int, reason: str) -> None:
        for pk in ids:
            best, texts = reasons.get(pk, (0, []))
            reasons[pk] = (max(best, score), [*texts, reason])

    for system, value, label in (
        ("citizen_id", citizen_id, "Trùng số định danh cá nhân"),
        ("insurance_card", insurance_card, "Trùng thẻ bảo hiểm y tế"),
    ):
        if value:
            rows = Identifier.objects.filter(normalised=engine.normalise_number(value), identifier_state="active")
            add(list(rows.values_list("patient_id", flat=True)[:10]), 100 if system == "citizen_id" else 90, label)
    same_name = Patient.objects.filter(pk__in=_ids_named(full_name))
    if birth_date is not None and birth_precision == "day":
        swapped = _swapped(birth_date)
        add(
            list(same_name.filter(birth_date=birth_date).values_list("pk", flat=True)[:10]),
            85,
            "Trùng họ tên và ngày sinh",
        )
        if swapped:
            add(
                list(same_name.filter(birth_date=swapped).values_list("pk", flat=True)[:10]),
                60,
                "Trùng họ tên, ngày và tháng sinh đảo nhau",
            )
    if birth_date is not None:
        rows_year = same_name.filter(birth_date__year=birth_date.year, sex__in=[sex, "3"])
        add(list(rows_year.values_list("pk", flat=True)[:10]), 50, "Trùng họ tên, năm sinh và giới tính")
    if phone:
        add(list(same_name.filter(phone=phone).values_list("pk", flat=True)[:10]), 70, "Trùng họ tên và số điện thoại")
    alive = Patient.objects.filter(pk__in=list(reasons), merged_into__isnull=True).in_bulk()
    found = [
        Candidate(alive[pk], score, tuple(dict.fromkeys(texts)))
        for pk, (score, texts) in reasons.items()
        if pk in alive
    ]
    return sorted(found, key=lambda c: -c.score)[:10]


def _ids_named(full_name: str) -> list[UUID]:
    folded = fold(full_name)
    return list(Patient.objects.filter(name_folded=folded).values_list("pk", flat=True)[:500]) if folded else []


def _swapped(day: date) -> date | None:
    try:
        return date(day.year, day.day, day.month) if day.day != day.month else None
    except ValueError:
        return None


def identifiers(of: Patient) -> list[Identifier]:
    """All identifiers of a person, those of merged copies too, active ones first."""
    rows = Identifier.objects.filter(patient__in=family_ids(of))
    return sorted(rows, key=lambda i: (i.identifier_state != "active", i.system, -i.pk))


def identifier_value(of: Patient, system: str) -> str:
    """The active value of one kind of identifier, or an empty text."""
    return next((i.value for i in identifiers(of) if i.system == system and i.identifier_state == "active"), "")


def changes(of: Patient) -> QuerySet[PatientChange]:
    """The history of changes, newest first."""
    return PatientChange.objects.filter(patient__in=family_ids(of)).order_by("-pk")


def representatives(of: Patient) -> list[Representative]:
    """Who speaks for the patient, newest first."""
    return list(Representative.objects.filter(patient__in=family_ids(of)).order_by("-pk"))


def merges(of: Patient) -> list[Merge]:
    """Merges this person survived or ended in, newest first."""
    rows = Merge.objects.select_related("survivor", "secondary").filter(Q(survivor=of) | Q(secondary=of))
    return list(rows.order_by("-merged_at"))
