"""What was written in sentences: shortened words in it (R-53), and gaps of a ready-made text that nobody filled.

The browser finds the same while somebody types (`ui/static/ui/rules.js`); tests/forms/rules.json is run against both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from benhan.forms.conditions import is_shown
from benhan.forms.definition import Field, FormVersion

_LETTER = r"[\w\u0300-\u036f]"
_WORD = re.compile(f"{_LETTER}+")
_ROMAN = re.compile(r"[IVX]+")
_GAP = re.compile(r"_{3,}|\{[^{}\n]{1,40}\}")
CAPITALS = range(2, 6)  # a word of so many capital letters and nothing else is taken for an abbreviation
SHOUTED_RUN = 3  # so many words in capitals one after the other are a heading or a name


@dataclass(frozen=True)
class ShortWord:
    """A shortened word at its place in a text. `listed`: it stands in the facility's list, so there is an expansion."""

    at: int
    word: str
    listed: bool


Finder = Callable[[str], list[ShortWord]]


def finder(words: Collection[str], allowed: Collection[str] = ()) -> Finder:
    """What finds the words of the list, exactly as written and as words of their own, and words in capitals that
    neither the list nor `allowed` knows. Places count in the text in NFC."""
    quoted = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    pattern = re.compile(f"(?<!{_LETTER})(?:{quoted})(?!{_LETTER})") if quoted else None
    known = frozenset(words) | frozenset(allowed)

    def find(text: str) -> list[ShortWord]:
        text = unicodedata.normalize("NFC", text)
        listed = [ShortWord(m.start(), m.group(), True) for m in pattern.finditer(text)] if pattern else []
        spans = [(w.at, w.at + len(w.word)) for w in listed]
        others = [
            ShortWord(at, word, False)
            for at, word in _in_capitals(text)
            if word not in known and not any(start <= at < end for start, end in spans)
        ]
        return sorted(listed + others, key=lambda w: w.at)

    return find


def _in_capitals(text: str) -> Iterator[tuple[int, str]]:
    """Words of two to five capitals that stand alone: not roman numbers, not part of a heading or a name in capitals."""
    runs: list[list[re.Match[str]]] = []
    before: re.Match[str] | None = None  # the word before, when it was in capitals
    for match in _WORD.finditer(text):
        loud = _is_loud(match.group())
        if loud and before is not None and not text[before.end() : match.start()].strip(" \t"):
            runs[-1].append(match)
        elif loud:
            runs.append([match])
        before = match if loud else None
    for match in (m for run in runs if len(run) < SHOUTED_RUN for m in run):
        if len(match.group()) in CAPITALS and not _ROMAN.fullmatch(match.group()):
            yield match.start(), match.group()


def _is_loud(word: str) -> bool:
    return all(unicodedata.category(c) == "Lu" for c in word)


@dataclass(frozen=True)
class Written:
    """One text of a document: its path in the content, its item, what stands there."""

    path: str
    field: Field
    text: str


def prose(form: FormVersion, content: dict[str, Any]) -> Iterator[Written]:
    """Every text of a document in which a person writes sentences, in the order of the form; what its conditions hide
    is left out."""
    for section in form.sections:
        if not is_shown(section, {}, content):
            continue
        value = content.get(section.id)
        if section.repeated:
            for number, row in enumerate(value if isinstance(value, list) else []):
                yield from _row(section.fields, row, f"{section.id}.{number}", content)
        else:
            yield from _row(section.fields, value, section.id, content)


def _row(fields: tuple[Field, ...], row: Any, path: str, content: dict[str, Any]) -> Iterator[Written]:
    if not isinstance(row, dict):
        return
    for f in fields:
        value = row.get(f.id)
        if not value or not is_shown(f, row, content):
            continue
        if f.is_prose and isinstance(value, str):
            yield Written(f"{path}.{f.id}", f, value)
        elif f.type == "table" and isinstance(value, list):
            for number, line in enumerate(value):
                yield from _row(f.columns, line, f"{path}.{f.id}.{number}", content)


def gaps(text: str) -> list[str]:
    """The places of a ready-made text that are still to be filled in: `___` and `{tuổi}`."""
    return _GAP.findall(text)
