"""Search by any part of the name, birth year, phone or number: which rows, in which database, by which index.

b-trees answer what people mostly type (the beginning of the name, its last words, a number); the full-text index answers
inner words in any order. Figures: docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from benhan.kernel.text import fold

DIGITS_MIN = 4
_YEAR = re.compile(r"^(18|19|20)\d\d$")
_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-]((?:18|19|20)\d\d)$")
_NUMBER = re.compile(r"^[a-z]{0,6}[0-9][0-9./-]*[a-z]*[0-9./-]*$")
LAST = "\U0010ffff"


@dataclass(frozen=True)
class Question:
    """What was typed, understood: words of a name, birth tokens, or a number."""

    words: tuple[str, ...] = ()
    birth: tuple[str, ...] = ()
    number: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing to look for."""
        return not (self.words or self.birth or self.number)


def understand(text: str) -> Question:
    """Read the one search box: a number, or words with a birth year or date among them."""
    folded = fold(text[:120])
    bare = folded.replace(" ", "")
    date_only = _DATE.match(folded)
    digits = sum(c.isdigit() for c in bare)
    is_number = digits >= DIGITS_MIN if bare.replace("+", "").isdigit() else " " not in folded and digits > 0
    if not date_only and is_number and _NUMBER.match(bare) and not _YEAR.match(bare):
        return Question(number=normalise_number(bare))
    words, birth = [], []
    for part in folded.split(" "):
        dated = _DATE.match(part)
        if dated:
            day, month, year = dated.groups()
            birth.append(f"d{year}{int(month):02d}{int(day):02d}")
        elif _YEAR.match(part):
            birth.append(f"y{part}")
        elif cleaned := re.sub(r"[^a-z0-9]", "", part):
            words.append(cleaned)
    return Question(words=tuple(words[:8]), birth=tuple(birth[:2]))


def normalise_number(text: str) -> str:
    """Numbers are compared without blanks, dots and dashes, in capitals."""
    return re.sub(r"[\s./-]", "", fold(text)).upper()


def index_words(name: str, birth_date: object, precision: str) -> tuple[str, str, str]:
    """Return (forwards, backwards, words) for the index of one patient."""
    words = [w for w in re.sub(r"[^a-z0-9 ]", " ", fold(name)).split(" ") if w]
    tokens = list(words)
    if birth_date is not None and precision != "unknown":
        iso = str(birth_date)
        tokens.append(f"y{iso[:4]}")
        if precision == "day":
            tokens.append("d" + iso.replace("-", ""))
    return " ".join(words)[:255], " ".join(reversed(words))[:255], " ".join(tokens)[:300]


def find(question: Question, limit: int) -> list[str]:
    """Return up to `limit` patient ids (hex text as the database stores them), best first."""
    if question.is_empty:
        return []
    if question.number:
        return _by_number(question.number, limit)
    found: list[str] = []
    if question.words and not question.birth:
        typed = " ".join(question.words)
        found = _prefix("forwards", typed, limit)
        if len(found) < limit:
            found += [i for i in _prefix("backwards", " ".join(reversed(question.words)), limit) if i not in found]
    if len(found) < limit:
        found += [i for i in _full_text(question, limit + len(found)) if i not in found]
    return found[:limit]


def _rows(sql: str, parameters: Sequence[str | int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [str(row[0]) for row in cursor.fetchall()]


def _prefix(column: str, typed: str, limit: int) -> list[str]:
    # `column` is one of three names written in this file, never something typed by a person.
    if connection.vendor == "sqlite":
        sql = f"SELECT patient_id FROM patients_nameindex WHERE {column} >= %s AND {column} < %s ORDER BY {column} LIMIT %s"
        return _rows(sql, [typed, typed + LAST, limit])
    sql = f"SELECT patient_id FROM patients_nameindex WHERE {column} LIKE %s ORDER BY {column} USING ~<~ LIMIT %s"
    return _rows(sql, [typed + "%", limit])


def _full_text(question: Question, limit: int) -> list[str]:
    tokens = [*question.words, *question.birth]
    if connection.vendor == "sqlite":
        match = " AND ".join([f'"{w}" *' for w in question.words] + [f'"{b}"' for b in question.birth])
        return _rows(
            "SELECT n.patient_id FROM patients_name_fts f JOIN patients_nameindex n ON n.id = f.rowid "
            "WHERE patients_name_fts MATCH %s LIMIT %s",
            [match, limit],
        )
    query = " & ".join(f"{t}:*" if t in question.words else t for t in tokens)
    return _rows(
        "SELECT patient_id FROM patients_nameindex WHERE to_tsvector('simple', words) @@ to_tsquery('simple', %s) LIMIT %s",
        [query, limit],
    )


def _by_number(number: str, limit: int) -> list[str]:
    like = [number, number + LAST] if connection.vendor == "sqlite" else [number + "%"]
    where = "{0} >= %s AND {0} < %s" if connection.vendor == "sqlite" else "{0} LIKE %s"
    found = _rows(
        f"SELECT patient_id FROM patients_identifier WHERE {where.format('normalised')} LIMIT %s", [*like, limit]
    )
    found += _rows(f"SELECT id FROM patients_patient WHERE {where.format('patient_number')} LIMIT %s", [*like, limit])
    if number.isdigit() and len(number) <= 11:
        tail = number[::-1]
        found += _prefix("phone_backwards", tail, limit)
        if len(number) >= 6 and number.startswith("0"):
            sql = f"SELECT id FROM patients_patient WHERE {where.format('phone')} LIMIT %s"
            found += _rows(sql, [*like, limit])
    return list(dict.fromkeys(found))[:limit]
