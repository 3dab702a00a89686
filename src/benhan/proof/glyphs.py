"""What our fonts can draw. PDF/A refuses a page with a missing glyph, and no page may fail for a typed sign."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
PAGE_FONTS = ("NotoSerif-Regular", "NotoSansMath-Regular", "NotoSansSymbols-Regular", "NotoSansSymbols2-Regular")
_UNICODE_TABLES = {(0, 3), (0, 4), (3, 1), (3, 10)}


def drawable(value: Any) -> Any:
    """A JSON value whose texts hold only characters the page fonts have; another one is shown by its number, [U+1F600].

    Only the drawing is concerned: the embedded content keeps what was typed."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value
        return "".join(c if _is_drawn(c) else f"[U+{ord(c):04X}]" for c in value)
    if isinstance(value, dict):
        return {k: drawable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(v) for v in value]
    return value


def _is_drawn(character: str) -> bool:
    if character in "\n\r\t":
        return True
    kind = unicodedata.category(character)
    return kind != "Cc" and (character in _covered() or kind in ("Cf", "Zl", "Zp"))


@cache
def _covered() -> frozenset[str]:
    found: set[str] = set()
    for name in PAGE_FONTS:
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
