"""Files embedded in a PDF: read them back, with or without trust in the file."""

from __future__ import annotations

import io
import struct
import zlib

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

EMBEDDED_FILES_MAX = 1_000
TREE_DEPTH_MAX = 20

# A damaged or hostile file can fail anywhere in a parser; each of these is the parser's way to say "damaged".
DAMAGE = (
    PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError,
    NotImplementedError, AssertionError, StopIteration, MemoryError, OSError, zlib.error, struct.error,
)  # fmt: skip


def embedded_files(reader: PdfFileReader) -> dict[str, bytes]:
    """The files embedded in a PDF, by name. Raises one of DAMAGE on a damaged file."""
    found: dict[str, bytes] = {}
    names = reader.root.get("/Names")
    tree = names.get("/EmbeddedFiles") if names else None
    if tree is None:
        return found
    for spec in _leaves(tree, 0):
        entry = spec.get_object()
        name = str(entry["/UF"] if "/UF" in entry else entry["/F"])
        if name in found or len(found) >= EMBEDDED_FILES_MAX:
            raise ValueError("two embedded files of one name, or too many")
        found[name] = entry["/EF"]["/F"].data
    return found


def _leaves(node, depth):  # type: ignore[no-untyped-def]  # pyHanko's objects are untyped
    if depth > TREE_DEPTH_MAX:
        raise ValueError("name tree too deep")
    flat = list(node.get("/Names", []))
    yield from (flat[i + 1] for i in range(0, len(flat) - 1, 2))
    for kid in node.get("/Kids", []):
        yield from _leaves(kid.get_object(), depth + 1)


def read_embedded(data: bytes) -> dict[str, bytes]:
    """Read the embedded files of a PDF without judging it; nothing from a file that can't be read."""
    try:
        return embedded_files(PdfFileReader(io.BytesIO(data)))
    except DAMAGE:
        return {}
