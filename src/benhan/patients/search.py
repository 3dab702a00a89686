"""Search by any part of the name, birth, phone or number: which rows, in which database, by which index.

b-trees answer what people mostly type: the beginning of the name, its last words, a birth year with words, a number. What is
left, inner words in any order, goes to the full-text index after the beginnings of words were made whole words with the
help of the vocabulary. Figures: benchmarks/patient_search.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from benhan.kernel.text import clean_line, fold
from benhan.patients.question import Question, words_of

LAST = "\U0010ffff"
RECENT_ROWS = 2000  # how many of the newest patients are looked through before an index with long lists is asked
RECENT_ROWS_SHORT = 20_000  # the same for initials (`n v a`), which many have and which cost the index most
EXPANSIONS_MAX = 40  # a beginning that means more words than this is left to the database as a beginning


@dataclass(frozen=True)
class IndexRow:
    """What the search keeps of one patient."""

    written: str
    forwards: str
    backwards: str
    birth_year: int | None
    phone_backwards: str

    @property
    def words(self) -> frozenset[str]:
        """The words for the vocabulary."""
        return frozenset(self.forwards.split(" ")) - {""}


def index_row(name: str, birth_date: date | None, phone: str) -> IndexRow:
    """Make the row of one patient. `H'Hen Niê` is found as `h hen nie` and as `hhen`."""
    folded = fold(name)
    words = words_of(folded)
    joined = [j for part in folded.split(" ") if (j := "".join(words_of(part))) and j not in words]
    return IndexRow(
        written=clean_line(name).lower()[:255],
        forwards=" ".join([*words, *joined])[:400].strip(),
        backwards=" ".join(reversed(words))[:400].strip(),
        birth_year=birth_date.year if birth_date else None,
        phone_backwards=phone[::-1],
    )


def find(question: Question, limit: int) -> list[UUID]:
    """Return up to `limit` patient ids, best first: names with the same marks, then the beginning, the end, any order."""
    if question.is_empty or limit < 1:
        return []
    if question.number:
        return _by_number(question, limit)
    if question.born is not None:
        return _born(question, limit)
    found = _Found(limit)
    if question.has_marks:
        found.add(_prefix("written", question.written, limit))
    if found.wants_more:
        found.add(_prefix("forwards", " ".join(question.words), limit))
    if found.wants_more:
        found.add(_prefix("backwards", " ".join(reversed(question.words)), limit))
    if found.wants_more and not (len(question.words) == 1 and found.rows == []):
        found.add(_recent(question.words, limit))
    if found.wants_more:
        found.add(_full_text(question.words, limit + len(found.rows)))
    return found.rows


class _Found:
    """Ids in the order in which they were found, each once, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._seen: dict[UUID, None] = {}

    def add(self, more: Sequence[UUID]) -> None:
        self._seen.update(dict.fromkeys(more))

    @property
    def rows(self) -> list[UUID]:
        return list(self._seen)[: self.limit]

    @property
    def wants_more(self) -> bool:
        return len(self._seen) < self.limit


def _rows(sql: str, parameters: Sequence[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in cursor.fetchall()]


def begins_with(field: str, typed: str) -> Q:
    """The same condition for the ORM of a room above, answered by the index of a unique text field on both databases."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": typed, f"{field}__lt": typed + LAST})
    return Q(**{f"{field}__startswith": typed})


def _begins(column: str, typed: str) -> tuple[str, list[str]]:
    """The condition "column begins with" in the words that let a b-tree answer it."""
    # `column` is a name written in this file, never something typed by a person.
    if connection.vendor == "sqlite":
        return f"{column} >= %s AND {column} < %s", [typed, typed + LAST]
    return f"{column} LIKE %s", [typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"]


def _order(column: str) -> str:
    return f"ORDER BY {column}" if connection.vendor == "sqlite" else f"ORDER BY {column} USING ~<~"


def _prefix(column: str, typed: str, limit: int) -> list[UUID]:
    where, values = _begins(column, typed)
    return _rows(f"SELECT patient_id FROM patients_nameindex WHERE {where} {_order(column)} LIMIT %s", [*values, limit])


def _holds(column: str, words: Sequence[str]) -> tuple[str, list[str]]:
    """The condition "every typed word begins a word of the column", without an index. The last word typed is asked first:
    given names part people better than family names."""
    place = "instr(' ' || {0}, %s) > 0" if connection.vendor == "sqlite" else "strpos(' ' || {0}, %s) > 0"
    return " AND ".join([place.format(column)] * len(words)) or "1 = 1", [f" {w}" for w in reversed(words)]


def _recent(words: Sequence[str], limit: int) -> list[UUID]:
    """The newest patients first: words that are common together are found here at once."""
    where, values = _holds("forwards", words)
    newest = RECENT_ROWS_SHORT if all(len(w) <= 2 for w in words) else RECENT_ROWS
    return _rows(
        f"SELECT patient_id FROM (SELECT patient_id, forwards FROM patients_nameindex ORDER BY id DESC LIMIT {newest}) r "
        f"WHERE {where} LIMIT %s",
        [*values, limit],
    )


def _born(question: Question, limit: int) -> list[UUID]:
    """Words among those born in a year (1–2 % of all), a month or on a day."""
    first, last = question.born or (date.min, date.max)
    where, values = _holds("n.forwards", question.words)
    whole_year = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if not whole_year:
        # A day is few people; a month, and the first of January that stands for all whose year only is known, are many:
        # those are looked for by their names within the year first.
        many = first != last or (first.month, first.day) == (1, 1)
        year, narrowed = ("n.birth_year = %s AND ", [first.year]) if many else ("", [])
        return _rows(
            "SELECT n.patient_id FROM patients_nameindex n JOIN patients_patient p ON p.id = n.patient_id "
            f"WHERE {year}{where} AND p.birth_date BETWEEN %s AND %s LIMIT %s",
            [*narrowed, *values, first, last, limit],
        )
    found = _Found(limit)
    if question.words:
        begins, typed = _begins("forwards", " ".join(question.words))
        found.add(
            _rows(
                f"SELECT patient_id FROM patients_nameindex WHERE birth_year = %s AND {begins} {_order('forwards')} LIMIT %s",
                [first.year, *typed, limit],
            )
        )
    if found.wants_more:
        found.add(
            _rows(
                f"SELECT n.patient_id FROM patients_nameindex n WHERE n.birth_year = %s AND {where} LIMIT %s",
                [first.year, *values, limit + len(found.rows)],
            )
        )
    return found.rows


def _full_text(words: Sequence[str], limit: int) -> list[UUID]:
    """Words in any order, each typed word the beginning of a word."""
    meanings = _meanings(words)
    if not all(meanings):
        return []
    if connection.vendor == "sqlite":
        match = " AND ".join(
            "(" + " OR ".join(f'"{m}"*' if whole is False else f'"{m}"' for m, whole in one) + ")" for one in meanings
        )
        return _rows(
            "SELECT n.patient_id FROM patients_name_fts f JOIN patients_nameindex n ON n.id = f.rowid "
            "WHERE patients_name_fts MATCH %s LIMIT %s",
            [match, limit],
        )
    query = " & ".join(
        "(" + " | ".join(f"'{m}':*" if whole is False else f"'{m}'" for m, whole in one) + ")" for one in meanings
    )
    return _rows("SELECT * FROM patients_full_text(%s::tsquery, %s)", [query, limit])


def _meanings(words: Sequence[str]) -> list[list[tuple[str, bool]]]:
    """For every typed word the (word, is whole) it may mean; an empty list when no name has such a word.

    Beginnings cost a full-text index far more than whole words: it has to unite all their lists first."""
    found = []
    with connection.cursor() as cursor:
        for word in words:
            if connection.vendor == "sqlite" and len(word) <= 3:  # those beginnings have lists of their own there
                found.append([(word, False)])
                continue
            where, values = _begins("word", word)
            cursor.execute(f"SELECT word FROM patients_nameword WHERE {where} LIMIT %s", [*values, EXPANSIONS_MAX + 1])
            whole = [(row[0], True) for row in cursor.fetchall()]
            found.append(whole if len(whole) <= EXPANSIONS_MAX else [(word, False)])
    return found


def _by_number(question: Question, limit: int) -> list[UUID]:
    """Numbers by their beginning, phones and long numbers also by their end; words typed beside narrow them."""
    number, tail = question.number, question.number[::-1]
    asked = 10 * limit if question.words else limit
    found = _Found(asked)
    for table, column, typed, key in (
        ("patients_patient", "patient_number", question.code, "id"),
        ("patients_identifier", "normalised", number, "patient_id"),
        ("patients_patient", "phone", number, "id"),
        ("patients_nameindex", "phone_backwards", tail, "patient_id"),
        ("patients_identifier", "normalised_backwards", tail, "patient_id"),
    ):
        if found.wants_more:
            where, values = _begins(column, typed)
            found.add(_rows(f"SELECT {key} FROM {table} WHERE {where} LIMIT %s", [*values, asked]))
    if not question.words or not found.rows:
        return found.rows[:limit]
    where, words = _holds("forwards", question.words)
    marks = ", ".join(["%s"] * len(found.rows))
    ids = [i.hex if connection.vendor == "sqlite" else i for i in found.rows]
    return _rows(
        f"SELECT patient_id FROM patients_nameindex WHERE patient_id IN ({marks}) AND {where} LIMIT %s",
        [*ids, *words, limit],
    )
