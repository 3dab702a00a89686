"""What our fonts can draw. PDF/A refuses a page with a missing glyph, and no page may fail for a typed sign."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
PAGE_FONTS = ("NotoSerif-Regular", "NotoSansMath-Regular", "NotoSansSymbols-Regular", "NotoSansSymbols2-Regular")
# Drawn as nothing by every font: line ends, soft hyphen, zero-width and direction marks.
INVISIBLE = frozenset(
    "\n\t\u00ad\u2028\u2029\ufeff" + "".join(map(chr, [*range(0x200B, 0x2010), *range(0x202A, 0x202F)]))
)
_UNICODE_TABLES = {(0, 3), (0, 4), (3, 1), (3, 10)}


def drawable(value: Any) -> Any:
    """A JSON value whose texts hold only characters the page fonts have; another one is shown by its number, [U+1F600].

    Only the drawing is concerned: the embedded content keeps what was typed."""
    if isinstance(value, str):
        plain = (value.isascii() and value.isprintable()) or _alone() >= set(value)
        return value if plain else "".join(_drawn(value))
    if isinstance(value, dict):
        return {k: drawable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(v) for v in value]
    return value


def _drawn(text: str) -> Iterator[str]:
    before = ""
    for character in text:
        yield character if _is_drawn(character, before) else f"[U+{ord(character):04X}]"
        before = character


def _is_drawn(character: str, before: str) -> bool:
    """A combining mark needs the font of the letter before it, so only the text font counts for both."""
    if unicodedata.combining(character) or unicodedata.category(character).startswith("M"):
        text_font = _covered(PAGE_FONTS[:1])
        return character in text_font and before in text_font
    return character in INVISIBLE or character in _covered(PAGE_FONTS)


@cache
def _alone() -> frozenset[str]:
    """The characters that are drawn whatever stands before them: nearly every text is made of these alone."""
    return INVISIBLE | {c for c in _covered(PAGE_FONTS) if not unicodedata.category(c).startswith("M")}


@cache
def _covered(fonts: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for name in fonts:
        found |= _characters((FONTS / f"{name}.ttf").read_bytes())
    return frozenset(found)


def _characters(font: bytes) -> set[str]:
    """The characters of a TrueType font, from its `cmap` table (formats 4 and 12)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[str] = set()
    for n in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * n)
        if (platform, encoding) in _UNICODE_TABLES:
            found |= _subtable(font, cmap + offset)
    return found


def _subtable(font: bytes, at: int) -> set[str]:
    (kind,) = struct.unpack_from(">H", font, at)
    if kind == 12:
        (groups,) = struct.unpack_from(">L", font, at + 12)
        ranges = [struct.unpack_from(">LL", font, at + 16 + 12 * n) for n in range(groups)]
    elif kind == 4:
        (double,) = struct.unpack_from(">H", font, at + 6)
        ends = struct.unpack_from(f">{double // 2}H", font, at + 14)
        starts = struct.unpack_from(f">{double // 2}H", font, at + 16 + double)
        ranges = list(zip(starts, ends, strict=True))
    else:
        return set()
    return {chr(code) for first, last in ranges for code in range(first, last + 1) if code < 0xFFFF or kind == 12}
