"""How much room an item and a column get on paper. Reckoned here, because counting letters is slow in the layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WHOLE, HALF, THIRD = 6, 3, 2  # sixths of a line
_ALONE = frozenset({"statement", "longtext", "table", "drawing", "diagram"})
_NARROW = frozenset({"number", "icd10", "choice", "time"})
_HALVES = frozenset({"date", "datetime", "icd10"})
CELLS_READ = 40  # of a long table the first lines say enough about the words in it


def span_of(item: dict[str, Any]) -> int:
    """Numbers stand three to a line, short texts two, long ones alone, as on paper."""
    kind, label = item["type"], len(item["label"])
    if kind in _ALONE:
        return WHOLE
    if kind == "score":
        return THIRD if "band" not in item else WHOLE if label + len(item["band"]) > 40 else HALF
    if kind == "time":
        return THIRD
    if kind == "number":
        return HALF if label + len(item["value"]) > 26 else THIRD
    if kind == "choice":
        return WHOLE if sum(len(c["label"]) + 4 for c in item["choices"]) + label > 38 else HALF
    if kind in _HALVES:
        return HALF
    return WHOLE if len(item["value"]) + label + len(item["number"]) > 44 else HALF


def column_widths(labels: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Shares of the columns of a table: by the longest text, and never too narrow for the longest word (a drug's name)."""
    return [
        _narrow(kind, label, [row[n] for row in rows]) if kind in _NARROW else _share(label, [row[n] for row in rows])
        for n, (label, kind) in enumerate(zip(labels, kinds, strict=True))
    ]


def _narrow(kind: str, label: str, cells: Sequence[str]) -> float:
    """A number needs little, but a word of its head stays whole; an answer of two words should stay on one line."""
    longest = max(map(len, cells), default=0)
    head = max(map(len, label.split(" "))) * 0.21
    wanted = min(max(longest * 0.21, 0.9), 2.6) if kind == "choice" else 0.9
    return round(max(wanted, head), 3)


def _share(label: str, cells: Sequence[str]) -> float:
    longest = max([len(label), *map(len, cells)])
    word = max(len(w) for text in (label, *cells[:CELLS_READ]) for w in text.split(" "))
    return round(max(min(max(longest, 7), 42) * 0.12, min(word, 18) * 0.17), 3)
