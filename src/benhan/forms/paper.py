"""How much room an item and a column get on paper. Reckoned here, because counting letters is slow in the layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

WHOLE, HALF, THIRD = 6, 3, 2  # sixths of a line
_ALONE = frozenset({"statement", "longtext", "table", "drawing", "diagram"})
_HALVES = frozenset({"date", "datetime", "icd10"})
THIRD_LETTERS, HALF_LETTERS = 26, 44  # of a label, a number and its unit that stand in a third of a line, in a half
PAGE_MM = 178  # what lies between the margins of upright A4
LETTER_MM, LETTER_TIGHT_MM, EDGES_MM = (
    1.78,
    1.58,
    2.0,
)  # a letter of the head, bold, at 8.5 and 7.5 points; both edges of a cell
TIGHT_ABOVE = 7  # columns; from then on the layout writes smaller (items.typ)
WORD_MAX, TEXT_MAX = 20, 42
CELLS_READ = 40  # of a long table the first lines say enough about the words in it


def span_of(item: dict[str, Any]) -> int:
    """Numbers stand three to a line, short texts two, long ones alone, as on paper."""
    kind, label = item["type"], len(item["label"])
    if kind in _ALONE:
        return WHOLE
    if kind == "score" and "band" in item:
        return WHOLE if label + len(item["band"]) > 40 else HALF
    if kind == "time":
        return THIRD
    if kind in ("number", "score"):
        letters = label + max(len(item["value"]), 3) + len(item["unit"])
        return WHOLE if letters > HALF_LETTERS else HALF if letters > THIRD_LETTERS else THIRD
    if kind == "choice":
        return WHOLE if sum(len(c["label"]) + 4 for c in item["choices"]) + label > 38 else HALF
    if kind in _HALVES:
        return HALF
    return WHOLE if len(item["value"]) + label + len(item["number"]) > 44 else HALF


def with_unit(label: str, unit: str) -> str:
    """The head of a column or the name of a curve with its unit, unless the label says it: as a word of its own, for the "g" in
    "Cân nặng" is no gram."""
    said = not unit or re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", label, re.IGNORECASE)
    return label if said else f"{label} ({unit})"


def column_widths(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Shares of the columns of a table: first each gets its longest word (a drug's name, a unit, a day), reckoned on upright A4,
    then what is left goes where the long texts are."""
    letter = LETTER_TIGHT_MM if len(labels) > TIGHT_ABOVE else LETTER_MM
    columns = [[row[n] for row in rows] for n in range(len(labels))]
    words = [_word(label, cells) * letter + EDGES_MM for label, cells in zip(labels, columns, strict=True)]
    more = [_more(label, cells) for label, cells in zip(labels, columns, strict=True)]
    left = max(0.0, PAGE_MM - sum(words))
    return [round(word + left * share / sum(more), 2) for word, share in zip(words, more, strict=True)]


def _more(label: str, cells: Sequence[str]) -> float:
    """What more room is good for: long texts, and much less so a single long word or a long head over short answers."""
    longest = min(max(map(len, cells), default=0), TEXT_MAX)
    return max(longest - 0.6 * _word(label, cells), 0.25 * len(label), 1.0)


def _word(label: str, cells: Sequence[str]) -> int:
    """Letters of the longest word that must not be broken; a pasted hash may be."""
    return min(max(len(w) for text in (label, *cells[:CELLS_READ]) for w in text.split(" ")), WORD_MAX)
