"""What was typed into the one search box, understood. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from benhan.kernel.text import clean_line, fold

TEXT_CHARACTERS_MAX = 120
WORDS_MAX = 8
DIGITS_MIN = 4
_YEAR = re.compile(r"^(18|19|20)\d\d$")
_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-]((?:18|19|20)\d\d)$")
_MONTH = re.compile(r"^(\d{1,2})[/.-]((?:18|19|20)\d\d)$")
_DIGITS = re.compile(r"^\+?[0-9][0-9./-]*$")
_CODE = re.compile(r"^[a-z]{1,6}[-./]?[0-9][0-9a-z./-]*$")
_BETWEEN = re.compile(r"[\s./-]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Question:
    """Words of a name, a span of birth dates, a number: any of them may be missing. `code` is the number with
    its dots and dashes, `written` the words with their marks."""

    words: tuple[str, ...] = ()
    born: tuple[date, date] | None = None
    number: str = ""
    code: str = ""
    written: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing to look for."""
        return not (self.words or self.born or self.number)

    @property
    def has_marks(self) -> bool:
        """The name was typed with Vietnamese marks, so a name with the same marks is meant first."""
        return bool(self.words) and fold(self.written) != self.written


def words_of(folded: str) -> list[str]:
    """The words of a folded text; apostrophes and hyphens part words (`h'hen nie` → h, hen, nie)."""
    return _WORD.findall(folded)


def understand(text: str) -> Question:
    """Read the one search box: a number, or words with a birth year, month or day among them. A scanned identity card is its
    number; a phone number may be written in groups."""
    if text.count("|") >= 6:
        text = text.split("|", 1)[0]
    line = clean_line(text[:TEXT_CHARACTERS_MAX]).lower()
    folded = fold(line)
    bare = folded.replace(" ", "")
    if _DIGITS.match(bare) and _digits(bare) >= DIGITS_MIN and not _span(folded):
        return Question(number=_number(bare), code=folded.upper())
    words: list[str] = []
    written: list[str] = []
    born, number, code = None, "", ""
    for typed in line.split(" "):
        part = fold(typed)
        span = _span(part)
        if span:
            born = span
        elif _CODE.match(part) or (_DIGITS.match(part) and _digits(part) >= DIGITS_MIN):
            number, code = _number(part), part.upper()
        else:
            words += words_of(part)
            written.append(typed)
    return Question(tuple(words[:WORDS_MAX]), born, number, code, " ".join(written))


def normalise_number(text: str) -> str:
    """Numbers are compared without blanks, dots and dashes, in capitals."""
    return _BETWEEN.sub("", fold(text)).upper()


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _number(text: str) -> str:
    bare = normalise_number(text)
    return f"0{bare[3:]}" if bare.startswith("+84") else bare.lstrip("+")


def _span(part: str) -> tuple[date, date] | None:
    """The days that a year, a month or a day means; None when it is none of them or no such day exists."""
    try:
        if _YEAR.match(part):
            return date(int(part), 1, 1), date(int(part), 12, 31)
        if m := _DAY.match(part):
            day = date(int(m[3]), int(m[2]), int(m[1]))
            return day, day
        if m := _MONTH.match(part):
            return date(int(m[2]), int(m[1]), 1), date(int(m[2]), int(m[1]), monthrange(int(m[2]), int(m[1]))[1])
    except ValueError:
        return None
    return None
