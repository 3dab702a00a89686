"""A paper as DOCX, to be read and edited in any office program: same blocks, layout of decree 30/2020/NĐ-CP annex I."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Line

from benhan.kernel.text import clean
from benhan.proof.render import page_mark
from benhan.rollout.papers.blocks import Block, Heading, PageBreak, Paper, Paragraph, Table, place_and_date

FONT = "Times New Roman"
CENTRE, JUSTIFY, LEFT, RIGHT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
)


def draw(paper: Paper, *, at: datetime) -> bytes:
    """Write the paper. `at` is its date of making; equal input gives equal content."""
    document = Document()
    _set_page(document, paper)
    properties = document.core_properties
    properties.title, properties.author = f"{paper.kind} {paper.subject}".strip(), paper.facility
    properties.created = properties.modified = at.replace(tzinfo=None, microsecond=0)
    _head(document, paper)
    for line in paper.basis_lines():
        _body(document, line, italic=True)
    for block in paper.blocks:
        _block(document, block)
    _foot(document, paper)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document: DocumentType, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if paper.flipped:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    if page_mark():  # a paper of a house that is only for practice
        for head in (section.first_page_header, section.header):
            _write(head.add_paragraph(), f"{page_mark()} – KHÔNG PHẢI VĂN BẢN THẬT", bold=True, align=CENTRE)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(6)


def _page_number(line: Line) -> None:
    """The number of the page, top centre, from the second page on."""
    line.alignment = CENTRE
    run = line.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _write(
    line: Line, text: str, *, size: float = 13, bold: bool = False, italic: bool = False, align: Any = None
) -> Line:
    run = line.add_run(clean(text))
    run.font.name, run.font.size, run.bold, run.italic = FONT, Pt(size), bold, italic
    if align is not None:
        line.alignment = align
    line.paragraph_format.space_after = Pt(2)
    return line


def _into(cell: _Cell, lines: list[tuple[str, dict[str, Any]]]) -> None:
    for number, (text, look) in enumerate(lines):
        line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _write(line, text, align=CENTRE, **look)


def _head(document: DocumentType, paper: Paper) -> None:
    grid = document.add_table(rows=1, cols=2)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    _set_widths(grid, [66, 99])
    left, right = grid.rows[0].cells
    _into(
        left,
        [
            (paper.governing_body.upper(), {"size": 12}),
            (paper.facility.upper(), {"size": 12, "bold": True}),
            ("––––––––", {"size": 8}),
            (f"Số: {paper.number}", {}),
        ],
    )
    _into(
        right,
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", {"size": 12, "bold": True}),
            ("Độc lập - Tự do - Hạnh phúc", {"bold": True}),
            ("––––––––––––––––––", {"size": 8}),
            (place_and_date(paper.place, paper.day), {"italic": True}),
        ],
    )
    if paper.draft:
        _write(document.add_paragraph(), "DỰ THẢO", bold=True, align=LEFT)
    document.add_paragraph()
    if paper.kind:
        _write(document.add_paragraph(), paper.kind, size=14, bold=True, align=CENTRE)
    _write(document.add_paragraph(), paper.subject, size=14, bold=True, align=CENTRE)
    _write(document.add_paragraph(), "––––––––––", size=8, align=CENTRE)
    if paper.authority:
        _write(document.add_paragraph(), paper.authority.upper(), bold=True, align=CENTRE)


def _body(document: DocumentType, text: str, **look: Any) -> Line:
    line = _write(document.add_paragraph(), text, align=JUSTIFY, **look)
    line.paragraph_format.first_line_indent = Mm(10)
    line.paragraph_format.space_after = Pt(6)
    return line


def _block(document: DocumentType, block: Block) -> None:
    if isinstance(block, PageBreak):
        document.add_page_break()
    elif isinstance(block, Heading):
        if block.level == 1:
            line = _write(document.add_paragraph(), block.text, bold=True, align=CENTRE)
            line.paragraph_format.space_before = Pt(10)
        else:
            line = _body(document, block.text, bold=True, italic=block.level == 3)
        line.paragraph_format.keep_with_next = True
    elif isinstance(block, Paragraph):
        if block.style == "centre":
            _write(document.add_paragraph(), block.text, bold=True, align=CENTRE)
        elif block.style == "note":
            _write(document.add_paragraph(), block.text, size=11, italic=True)
        else:
            _body(document, block.text, italic=block.style == "basis")
    else:
        _table(document, block)


def _table(document: DocumentType, block: Table) -> None:
    if block.title:
        line = _write(document.add_paragraph(), block.title, bold=True)
        line.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(block.columns))
    table.style = "Table Grid"
    section = document.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    widths = list(block.widths) or [1.0] * len(block.columns)
    each = [int(room * w / sum(widths)) for w in widths]
    for cell, title in zip(table.rows[0].cells, block.columns, strict=True):
        _write(cell.paragraphs[0], title, size=11, bold=True, align=CENTRE)
    properties = table.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    properties.append(repeated)
    for row in block.rows:
        fresh = table.add_row()
        whole = OxmlElement("w:cantSplit")
        fresh._tr.get_or_add_trPr().append(whole)
        for number, (cell, text) in enumerate(zip(fresh.cells, row, strict=True)):
            _write(cell.paragraphs[0], str(text), size=11, align=RIGHT if number in block.numeric else LEFT)
    _set_widths(table, [width / 36000 for width in each])
    document.add_paragraph()


def _set_widths(table: Any, millimetres: Sequence[float]) -> None:
    """Fix the columns. Word reads the width of the cells, others that of the grid: both are set, and nothing is guessed."""
    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _foot(document: DocumentType, paper: Paper) -> None:
    signers = list(paper.signers)
    if len(signers) > 1:
        grid = document.add_table(rows=1, cols=min(len(signers) - 1, 3))
        for number, signer in enumerate(signers[:-1]):
            if number and number % 3 == 0:
                grid.add_row()
            _signer(grid.rows[-1].cells[number % 3], signer.label, signer.name)
    grid = document.add_table(rows=1, cols=2)
    left, right = grid.rows[0].cells
    if paper.recipients:
        _write(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True)
        for recipient in paper.recipients:
            _write(left.add_paragraph(), f"- {recipient}", size=11)
    if signers:
        _signer(right, signers[-1].label, signers[-1].name)


def _signer(cell: _Cell, label: str, name: str) -> None:
    _into(cell, [(label, {"bold": True}), ("", {}), ("", {}), ("", {}), (name, {"bold": True})])
