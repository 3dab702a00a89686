"""Render a page to PDF/A-3b with embedded files, the same bytes for the same input, without network or system fonts."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from benhan.proof.glyphs import drawable

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"
POINTS_A4 = (595.28, 841.89)
MARKED = "proof/layout/marked.typ"
_per_thread = threading.local()
_mark: list[str] = []


def mark_every_page(words: str) -> None:
    """Put `words` over every page drawn from now on, whatever its layout; empty words end it. For a house that is only for
    practice (wiring)."""
    _mark[:] = [words] if words else []


def page_mark() -> str:
    """The words over every page, or nothing."""
    return _mark[0] if _mark else ""


class RenderFailed(Exception):
    """The layout could not be drawn; a fault of the layout, not of the person who typed."""


@dataclass(frozen=True)
class Attachment:
    """A file to embed (an associated file of PDF/A-3). `relationship`: source | data | supplement."""

    name: str
    data: bytes
    mime: str
    relationship: str = "data"
    description: str = ""


@dataclass(frozen=True)
class SignatureBox:
    """Where a position is signed: page (from 0) and corners in PDF points, origin at the lower left."""

    position_id: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Rendered:
    """The PDF and its places to sign."""

    pdf: bytes
    boxes: tuple[SignatureBox, ...]

    def box(self, position_id: str) -> SignatureBox | None:
        """The place of a position."""
        return next((b for b in self.boxes if b.position_id == position_id), None)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def _compiler(main: str) -> typst.Compiler:
    """One compiler a thread and layout: it keeps fonts and parsed layouts between documents."""
    compilers: dict[str, typst.Compiler] = _per_thread.__dict__.setdefault("compilers", {})
    if main not in compilers:
        compilers[main] = typst.Compiler(ROOT / main, root=ROOT, font_paths=_fonts())
    return compilers[main]


def render(main: str, data: dict[str, Any], *, attachments: Sequence[Attachment] = (), at: datetime) -> Rendered:
    """Draw layout `main` (a path below the package, e.g. `law/forms/x/2024-01-01/page.typ`) with `data`.

    `at` becomes the document's date, so equal input gives equal bytes. What people typed is handed over as JSON strings
    and is never read as markup; the layout can open no file outside the package and nothing from the network."""
    inputs = {f"file{n}": a.data.decode("utf-8") for n, a in enumerate(attachments)}
    listed = [
        {
            "name": a.name,
            "input": f"file{n}",
            "relationship": a.relationship,
            "mime": a.mime,
            "description": a.description,
        }
        for n, a in enumerate(attachments)
    ]
    inputs["data"] = json.dumps(drawable({**data, "attachments": listed}), ensure_ascii=False)
    if page_mark():
        inputs |= {"house_mark": page_mark(), "main": f"/{main}"}
    compiler = _compiler(MARKED if page_mark() else main)
    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["a-3b"],
            timestamp=at.astimezone(UTC).replace(microsecond=0),
            pdf_tags=False,
        )
        found = json.loads(compiler.query("<signature-box>", field="value"))
    except typst.TypstError as error:
        raise RenderFailed(f"{main}: {error.message}") from error
    if not isinstance(pdf, bytes):
        raise RenderFailed(f"{main}: no single PDF came out")
    return Rendered(pdf, tuple(_box(f) for f in found))


def _box(found: dict[str, Any]) -> SignatureBox:
    top = float(found["paper"]) - float(
        found["y"]
    )  # the layout counts from the top of its paper, a PDF from the bottom
    return SignatureBox(
        found["id"],
        int(found["page"]) - 1,
        float(found["x"]),
        top - float(found["height"]),
        float(found["x"]) + float(found["width"]),
        top,
    )
