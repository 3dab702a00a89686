"""Reads of the patient index."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from benhan.access.actors import Actor
from benhan.kernel.errors import NotFound
from benhan.kernel.text import clean_line, fold
from benhan.patients import merging
from benhan.patients import search as engine
from benhan.patients.merging import family_ids
from benhan.patients.models import (
    FIELD_LABELS,
    IDENTIFIER_SYSTEMS,
    VALUE_LABELS,
    Identifier,
    Merge,
    NameIndex,
    Patient,
    PatientChange,
    Representative,
)
from benhan.patients.person import Person
from benhan.patients.question import Question, normalise_number, understand

SEARCH_ROWS_MAX = 20
DUPLICATES_MAX = 10
NAMESAKES_MAX = 200
SEES_EVERYBODY = frozenset({"receptionist", "planning", "archivist", "system"})

# Above live the encounters that say whose patients a doctor may see; wiring hands the question up.
_visible: list[Callable[[Actor], QuerySet[Any]]] = []
_numbers: list[Callable[[str, int], list[UUID]]] = []


def restrict_with(visible_ids: Callable[[Actor], QuerySet[Any]]) -> None:
    """Let a room above say which patient ids an actor of a ward may find (wiring only)."""
    _visible.append(visible_ids)


def find_numbers_with(patient_ids: Callable[[str, int], list[UUID]]) -> None:
    """Let a room above find patients by its own numbers, e.g. record numbers: (beginning, limit) → patient ids (wiring only)."""
    _numbers.append(patient_ids)


def patient(patient_id: UUID) -> Patient:
    """One patient; a merged one is returned as itself, with the way to its survivor in `merged_into`."""
    found = Patient.objects.select_related("merged_into", "mother").filter(pk=patient_id).first()
    if found is None:
        raise NotFound("Không tìm thấy người bệnh")
    return found


def patient_by_number(number: str) -> Patient:
    """One patient by the facility's patient number, merged or not."""
    found = Patient.objects.select_related("merged_into").filter(patient_number=number.strip()).first()
    if found is None:
        raise NotFound(f"Không có người bệnh mã {number}")
    return found


def search(actor: Actor, text: str, limit: int = SEARCH_ROWS_MAX) -> list[Patient]:
    """Find patients the actor may find. Merged ones are shown as their survivor, once."""
    question = understand(text)
    limit = min(limit, SEARCH_ROWS_MAX)
    if question.is_empty:
        return []
    if actor.roles & SEES_EVERYBODY:
        ids = engine.find(question, limit)
        if question.number and len(ids) < limit:
            ids += [i for of_numbers in _numbers for i in of_numbers(question.code, limit - len(ids))]
        rows = Patient.objects.in_bulk(ids)
        found = [rows[i] for i in dict.fromkeys(ids) if i in rows]
    else:
        found = list(_within(actor, question)[:limit])
    living = merging.survivors(found)
    return list({p.pk: p for p in (living[f.pk] for f in found)}.values())


def _within(actor: Actor, question: Question) -> QuerySet[Patient]:
    """The search among the patients of a ward: small sets, so the plain columns do."""
    seen = Q()
    for visible in _visible:
        seen |= Q(pk__in=visible(actor))
    rows = Patient.objects.filter(seen if _visible else Q(pk__in=[]))
    if question.number:
        by_number = Identifier.objects.filter(
            Q(normalised__startswith=question.number) | Q(normalised__endswith=question.number)
        )
        of_numbers = [i for numbers in _numbers for i in numbers(question.code, SEARCH_ROWS_MAX)]
        rows = rows.filter(
            Q(patient_number__startswith=question.code)
            | Q(phone__contains=question.number)
            | Q(pk__in=of_numbers)
            | Q(pk__in=by_number.filter(patient__in=rows).values("patient_id"))
        )
    for word in question.words:
        begins = NameIndex.objects.filter(Q(forwards__startswith=word) | Q(forwards__contains=f" {word}"))
        rows = rows.filter(Exists(begins.filter(patient=OuterRef("pk"))))
    if question.born:
        rows = rows.filter(birth_date__range=question.born)
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
    folded = fold(full_name)
    rows: dict[UUID, Patient] = {}
    reasons: dict[UUID, list[tuple[int, str]]] = {}
    for patient, score, reason in (
        *_same_number("citizen_id", citizen_id, 100, "Trùng số định danh cá nhân"),
        *_same_number("insurance_card", insurance_card, 90, "Trùng thẻ bảo hiểm y tế"),
        *_same_name(folded, clean_line(full_name), birth_date, birth_precision, sex),
        *_same_phone(folded, birth_date, re.sub(r"[\s.()-]", "", phone)),
    ):
        rows[patient.pk] = patient
        reasons.setdefault(patient.pk, []).append((score, reason))
    living = merging.survivors(list(rows.values()))
    found: dict[UUID, Candidate] = {}
    for pk, given in reasons.items():
        candidate = Candidate(living[pk], max(s for s, _ in given), tuple(dict.fromkeys(text for _, text in given)))
        if living[pk].pk not in found or found[living[pk].pk].score < candidate.score:
            found[living[pk].pk] = candidate
    return sorted(found.values(), key=lambda c: -c.score)[:DUPLICATES_MAX]


def duplicates_of(person: Person, *, citizen_id: str = "", insurance_card: str = "") -> list[Candidate]:
    """`likely_duplicates` of somebody as typed."""
    return likely_duplicates(
        full_name=person.full_name,
        birth_date=person.birth_date,
        birth_precision=person.birth_precision,
        sex=person.sex,
        phone=person.phone,
        citizen_id=citizen_id,
        insurance_card=insurance_card,
    )


Hint = tuple[Patient, int, str]


def _same_number(system: str, value: str, score: int, reason: str) -> list[Hint]:
    number = normalise_number(value)
    if not number:
        return []
    rows = Identifier.objects.select_related("patient").filter(normalised=number, identifier_state="active")
    # A number may stand under another kind: a card typed as a citizen's number must still warn.
    return [(row.patient, score if row.system == system else score - 20, reason) for row in rows[:DUPLICATES_MAX]]


def _same_name(folded: str, written: str, born: date | None, precision: str, sex: str) -> list[Hint]:
    """The folded name born in the same year: the same day is nearly sure, day and month turned round or a slip likely."""
    if not folded or born is None:
        return []
    year = (date(born.year, 1, 1), date(born.year, 12, 31))
    hints: list[Hint] = []
    for row in Patient.objects.filter(name_folded=folded, birth_date__range=year)[:NAMESAKES_MAX]:
        other_marks = "" if row.full_name.lower() == written.lower() else " (khác dấu)"
        exact = precision == row.birth_precision == "day"
        if exact and row.birth_date == born:
            hints.append((row, 85, f"Trùng họ tên{other_marks} và ngày sinh"))
        elif exact and row.birth_date == _swapped(born):
            hints.append((row, 60, f"Trùng họ tên{other_marks}, ngày và tháng sinh đảo nhau"))
        elif row.sex in {sex, "3"} or sex == "3":
            hints.append((row, 50, f"Trùng họ tên{other_marks}, năm sinh và giới tính"))
    return sorted(hints, key=lambda h: -h[1])[:DUPLICATES_MAX]


def _same_phone(folded: str, born: date | None, phone: str) -> list[Hint]:
    """A phone is shared by a family: it counts together with the name or the birth date."""
    hints: list[Hint] = []
    for row in Patient.objects.filter(phone=phone)[:NAMESAKES_MAX] if phone else ():
        if row.name_folded == folded:
            hints.append((row, 70, "Trùng họ tên và số điện thoại"))
        elif born is not None and row.birth_date == born:
            hints.append((row, 55, "Trùng số điện thoại và ngày sinh"))
    return hints[:DUPLICATES_MAX]


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


def active_numbers(of: Sequence[Patient]) -> dict[UUID, str]:
    """The active numbers of several people in one line each, to compare them."""
    found: dict[UUID, list[str]] = {p.pk: [] for p in of}
    for row in Identifier.objects.filter(patient__in=list(found), identifier_state="active").order_by("system"):
        found[row.patient_id].append(row.value)
    return {pk: ", ".join(values) for pk, values in found.items()}


def changes(of: Patient) -> QuerySet[PatientChange]:
    """The history of changes, newest first."""
    return PatientChange.objects.filter(patient__in=family_ids(of)).order_by("-pk")


def change_lines(change: PatientChange) -> list[tuple[str, str, str]]:
    """What a change changed, for people: (what, before, after)."""
    keys = dict.fromkeys([*change.before, *change.after])
    return [(_label(k), _shown(k, change.before.get(k)), _shown(k, change.after.get(k))) for k in keys]


def _label(key: str) -> str:
    return FIELD_LABELS.get(key) or IDENTIFIER_SYSTEMS.get(key, key)


def _shown(key: str, value: object) -> str:
    if key == "birth_date" and isinstance(value, str):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return str(VALUE_LABELS.get(key, {}).get(str(value), value)) if value not in (None, "") else ""


def representatives(of: Patient) -> list[Representative]:
    """Who speaks for the patient, newest first."""
    return list(Representative.objects.filter(patient__in=family_ids(of)).order_by("-pk"))


def merges(of: Patient) -> list[Merge]:
    """Merges this person survived or ended in, newest first."""
    rows = Merge.objects.select_related("survivor", "secondary").filter(Q(survivor=of) | Q(secondary=of))
    return list(rows.order_by("-merged_at"))
