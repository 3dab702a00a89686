"""A signed file as a paper to be printed: every page a little smaller, below it who converted it, when, and from what (R-90).

The copy carries no signature of its own and no embedded file: nobody can take it for the original."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from benhan.proof.qr import qr_svg
from benhan.proof.render import render

STRIP = 48.0  # points of paper below each page
LAYOUT = "proof/layout/conversion.typ"
HIDDEN = 2  # annotation flag
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Conversion:
    """What the paper says of itself: the code, the text the QR holds, and lines of words."""

    code: str
    link: str
    lines: Sequence[str]
    at: datetime


def paper_copy(pdf: bytes, said: Conversion) -> bytes:
    """The pages of `pdf` with the looks of their signatures, each above the strip of the conversion."""
    reader, writer = PdfFileReader(io.BytesIO(pdf)), PdfFileWriter()
    strips: dict[tuple[float, float], bytes] = {}
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        width, height = _size(reader, number)
        if (width, height) not in strips:
            strips[width, height] = _strip(width, said)
        strip = PdfFileReader(io.BytesIO(strips[width, height]))
        _add(writer, reader, number, page, strip, width, height)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _size(reader: PdfFileReader, number: int) -> tuple[float, float]:
    box = reader.find_page_for_modification(number)[0].get_object().get("/MediaBox") or [0, 0, 595.28, 841.89]
    x0, y0, x1, y1 = _corners(box)
    return x1 - x0, y1 - y0


def _strip(width: float, said: Conversion) -> bytes:
    data = {
        "width": width, "height": STRIP, "code": said.code, "qr": qr_svg(said.link), "lines": list(said.lines),
    }  # fmt: skip
    return render(LAYOUT, data, at=said.at).pdf


def _add(
    writer: PdfFileWriter,
    reader: PdfFileReader,
    number: int,
    page: Any,
    strip: PdfFileReader,
    width: float,
    height: float,
) -> None:
    """One page: the original shrunk above the strip, then what its signature fields show."""
    scale = (height - STRIP) / height
    left = width * (1 - scale) / 2
    drawn: dict[str, tuple[Any, Matrix]] = {
        "/Page": (writer.import_page_as_xobject(reader, page_ix=number), (scale, 0, 0, scale, left, STRIP)),
        "/Strip": (writer.import_page_as_xobject(strip, page_ix=0), (1, 0, 0, 1, 0, 0)),
    }
    for n, (look, matrix) in enumerate(_looks(page)):
        placed = _times(matrix, (scale, 0, 0, scale, left, STRIP))
        drawn[f"/Look{n}"] = (writer.import_object(look), placed)
    objects = generic.DictionaryObject()
    commands = []
    for name, (form, matrix) in drawn.items():
        objects[generic.pdf_name(name)] = form if isinstance(form, generic.IndirectObject) else writer.add_object(form)
        commands.append(f"q {' '.join(f'{v:.5f}' for v in matrix)} cm {name} Do Q")
    content = writer.add_object(generic.StreamObject(stream_data="\n".join(commands).encode("ascii")))
    resources = generic.DictionaryObject({generic.pdf_name("/XObject"): objects})
    box = generic.ArrayObject([generic.FloatObject(v) for v in (0, 0, width, height)])
    writer.insert_page(PageObject(contents=content, media_box=box, resources=resources))


def _looks(page: Any) -> list[tuple[Any, Matrix]]:
    """The normal appearance of each visible annotation (a signature) and the matrix that puts it on the page."""
    found: list[tuple[Any, Matrix]] = []
    for annotation in page.get("/Annots") or ():
        one = annotation.get_object()
        look = one["/AP"]["/N"] if "/AP" in one and "/N" in one["/AP"] else None
        if not isinstance(look, generic.StreamObject) or int(one.get("/F", 0)) & HIDDEN:
            continue
        x0, y0, x1, y1 = _corners(one["/Rect"])
        a0, b0, a1, b1 = _corners(look["/BBox"])
        if a1 > a0 and b1 > b0 and x1 > x0 and y1 > y0:
            wide, high = (x1 - x0) / (a1 - a0), (y1 - y0) / (b1 - b0)
            found.append((look, (wide, 0, 0, high, x0 - a0 * wide, y0 - b0 * high)))
    return found


def _corners(box: Any) -> tuple[float, float, float, float]:
    """Lower left and upper right, in whatever order a file names them."""
    x0, y0, x1, y1 = (float(v) for v in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """First `inner`, then `outer` (only scaling and moving are used)."""
    return (
        inner[0] * outer[0],
        0,
        0,
        inner[3] * outer[3],
        inner[4] * outer[0] + outer[4],
        inner[5] * outer[3] + outer[5],
    )
