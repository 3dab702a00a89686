"""A paper as data: head, blocks, recipients, signer. What DOCX and PDF are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benhan.law.acts import in_force, repealed_in


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 chapter (centred, capitals as written), 2 article, 3 point."""

    text: str
    level: int = 2

    def as_data(self) -> dict[str, Any]:
        """For the layout."""
        return {"kind": "heading", "text": self.text, "level": self.level}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. `style`: body | basis (italic, "Căn cứ…") | centre | note."""

    text: str
    style: str = "body"

    def as_data(self) -> dict[str, Any]:
        """For the layout."""
        return {"kind": "paragraph", "text": self.text, "style": self.style}


@dataclass(frozen=True)
class Table:
    """A table with repeated head. `widths` are parts of the page's width; `numeric` the columns set to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    numeric: Sequence[int] = ()
    title: str = ""

    def as_data(self) -> dict[str, Any]:
        """For the layout."""
        widths = list(self.widths) or [1.0] * len(self.columns)
        return {
            "kind": "table",
            "title": self.title,
            "columns": list(self.columns),
            "rows": [[str(cell) for cell in row] for row in self.rows],
            "widths": widths,
            "numeric": list(self.numeric),
        }


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page (annexes)."""

    def as_data(self) -> dict[str, Any]:
        """For the layout."""
        return {"kind": "break"}


Block = Heading | Paragraph | Table | PageBreak


@dataclass(frozen=True)
class Signer:
    """A place to sign at the end: the line above the name (GIÁM ĐỐC, THƯ KÝ) and the name printed below."""

    id: str
    label: str
    name: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Paper:
    """One paper in the layout of decree 30/2020/NĐ-CP. `kind` in capitals as printed (QUYẾT ĐỊNH); a letter has none.
    `basis`: codes of acts; each must hold on `day`."""

    kind: str
    subject: str
    facility: str
    governing_body: str
    number: str
    place: str
    day: date
    blocks: Sequence[Block]
    basis: Sequence[str] = ()
    basis_more: Sequence[str] = ()
    authority: str = ""
    recipients: Sequence[str] = ()
    signers: Sequence[Signer] = field(default_factory=tuple)
    flipped: bool = False
    draft: bool = False

    def basis_lines(self) -> list[str]:
        """“Căn cứ …” lines; Refused when an act does not hold on the paper's day (R-05, R-85)."""
        cited = [f"Căn cứ {in_force(code, self.day).citation};" for code in self.basis]
        return [*cited, *self.basis_more]

    def as_data(self) -> dict[str, Any]:
        """Everything the PDF layout needs, as plain values."""
        return {
            "type": self.kind,
            "subject": self.subject,
            "facility": self.facility,
            "governing_body": self.governing_body,
            "number": self.number,
            "place_and_date": place_and_date(self.place, self.day),
            "authority": self.authority,
            "basis": self.basis_lines(),
            "blocks": [block.as_data() for block in self.blocks],
            "recipients": list(self.recipients),
            "flipped": self.flipped,
            "draft": self.draft,
        }

    def text(self) -> str:
        """All its words, for checks (dead acts, abbreviations)."""
        parts = [self.kind, self.subject, self.authority, *self.basis_lines(), *self.recipients]
        for block in self.blocks:
            if isinstance(block, Heading | Paragraph):
                parts.append(block.text)
            elif isinstance(block, Table):
                parts += [block.title, *block.columns, *(cell for row in block.rows for cell in row)]
        return "\n".join(parts)

    def dead_acts(self) -> list[str]:
        """Repealed acts the paper names; it must name none."""
        return [act.short for act in repealed_in(self.text(), self.day)]


def place_and_date(place: str, day: date) -> str:
    """“Cao Lãnh, ngày 05 tháng 12 năm 2026”: days below ten and the first two months carry a zero (NĐ 30/2020 annex I)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    said = f"ngày {day.day:02d} tháng {month} năm {day.year}"
    return f"{place}, {said}" if place else said[0].upper() + said[1:]


def money(amount: int) -> str:
    """Whole đồng with dots: 12.500.000."""
    return f"{amount:,}".replace(",", ".")
