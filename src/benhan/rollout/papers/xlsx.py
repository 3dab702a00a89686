"""Tables as XLSX: what is text stays text (a cell that begins with = is no formula), numbers are numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from benhan.kernel.text import clean
from benhan.proof.render import page_mark

HEAD = PatternFill("solid", fgColor="DCE6F2")
WIDTH_MAX = 60


def sheet(book: Workbook, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Worksheet:
    """Add a sheet with a head that stays in sight and a filter."""
    page: Worksheet = book.create_sheet(
        f"{page_mark()} {title}".strip()[:31]
    )  # practice says so on the tab and on paper
    if page.oddHeader is not None:
        page.oddHeader.center.text = page_mark()
    for number, name in enumerate(columns, 1):
        cell = page.cell(row=1, column=number, value=name)
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for row_number, row in enumerate(rows, 2):
        for number, value in enumerate(row, 1):
            put(page, row_number, number, value)
    for number, name in enumerate(columns, 1):
        longest = max([len(str(name)), *(len(str(row[number - 1] or "")) for row in rows[:200])])
        page.column_dimensions[get_column_letter(number)].width = min(longest + 3, WIDTH_MAX)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(len(rows) + 1, 1)}"
    return page


def put(page: Worksheet, row: int, column: int, value: Any) -> None:
    """Write one value. Text is forced to be text: a name that begins with = + - @ must not be computed by the reader's program."""
    cell = page.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
    elif isinstance(value, bool):
        cell.value = "có" if value else "không"
    elif isinstance(value, datetime):
        cell.value, cell.number_format = value.replace(tzinfo=None), "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    else:
        cell.value = value


def book() -> Workbook:
    """An empty workbook without the sheet openpyxl puts in."""
    made = Workbook()
    made.remove(made.worksheets[0])
    return made


def data(made: Workbook) -> bytes:
    """The file."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
