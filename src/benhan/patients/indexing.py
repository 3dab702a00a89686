"""The search rows of patients: derived from the patients, written with them, rebuilt at any time. Part of the room's verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from django.db.models import QuerySet

from benhan.patients.models import NameIndex, NameWord, Patient
from benhan.patients.search import IndexRow, index_row

BATCH = 500
COLUMNS = tuple(f.name for f in fields(IndexRow))


def row_of(patient: Patient) -> IndexRow:
    """What the search keeps of a patient; a birth year only when it is known."""
    born = patient.birth_date if patient.birth_precision != "unknown" else None
    return index_row(patient.full_name, born, patient.phone)


def index_patients(patients: Sequence[Patient]) -> None:
    """Write the search rows of patients, new or changed, in a constant number of queries a batch."""
    rows = [(p, row_of(p)) for p in patients]
    learn({word for _, row in rows for word in row.words})
    NameIndex.objects.bulk_create(
        [NameIndex(patient=p, **{c: getattr(row, c) for c in COLUMNS}) for p, row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=list(COLUMNS),
    )


def learn(words: set[str]) -> None:
    """Add words to the vocabulary. Known ones are looked up first, so that registering never waits for another."""
    short = {w[:100] for w in words}
    known = set(NameWord.objects.filter(word__in=short).values_list("word", flat=True))
    NameWord.objects.bulk_create([NameWord(word=w) for w in sorted(short - known)], ignore_conflicts=True)


def rebuild() -> int:
    """Write all search rows anew and return how many; also after a change of the folding. Reads by key, not in one long
    reading, so that a million rows stay out of memory."""
    count, last = 0, None
    while batch := list(_after(last)):
        index_patients(batch)
        count, last = count + len(batch), batch[-1].pk
    return count


def _after(last: UUID | None) -> QuerySet[Patient]:
    rows = Patient.objects.order_by("pk")
    return (rows if last is None else rows.filter(pk__gt=last))[:BATCH]
