"""Vietnamese text: one normal form to store, one folded form to search."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def nfc(text: str) -> str:
    """Return `text` in NFC, the only form the database stores."""
    return unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """NFC, without control characters (tabs and line breaks stay) and without invisible direction marks."""
    text = nfc(text)
    if text.isprintable():  # nothing of what follows can be in it; most values by far
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BIDI_CONTROLS)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})


def clean_line(text: str) -> str:
    """`clean` for one line: white space squeezed to single blanks and trimmed."""
    return _SPACES.sub(" ", clean(text)).strip()


def fold(text: str) -> str:
    """Fold for search: NFC, lower case, đ→d, marks dropped, white space squeezed. `Nguyễn Thị Đào` → `nguyen thi dao`."""
    lowered = nfc(text).lower().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", lowered)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare).strip()
