"""The list of abbreviations as a table file: what a spreadsheet saves and opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean_line, fold

BYTES_MAX = 512 * 1024
HEAD = ("viet_tat", "viet_day_du", "ma_khoa")
NAMES = {
    "viet tat": 0,
    "chu viet tat": 0,
    "abbreviation": 0,
    "viet day du": 1,
    "chu day du": 1,
    "nghia": 1,
    "expansion": 1,
    "ma khoa": 2,
    "khoa": 2,
    "department": 2,
}


@dataclass(frozen=True)
class Line:
    """A line of the file, with its number as a spreadsheet counts it."""

    number: int
    abbreviation: str
    expansion: str
    department: str


def read_table(data: bytes) -> list[Line]:
    """Read a CSV file: UTF-8, with commas, semicolons or tabs, headed by its columns. Invalid says what is wrong where."""
    if not data.strip():
        raise _no("Chọn một tệp CSV có nội dung")
    if len(data) > BYTES_MAX:
        raise _no(f"Tệp lớn quá {BYTES_MAX // 1024} KB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _no(f"dòng {line}: không phải chữ UTF-8; hãy lưu tệp dạng “CSV UTF-8”") from error
    first = text.splitlines()[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        places = _places(next(reader))
        lines = [_line(reader.line_num, row, places) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _no(f"dòng {reader.line_num}: dấu ngoặc kép không đúng chỗ") from error
    if not lines:
        raise _no("Tệp chỉ có dòng tên cột")
    return lines


def _places(head: Sequence[str]) -> tuple[int, int, int]:
    """Where the three columns stand, by their names; the department's may be missing."""
    names = [fold(cell.replace("_", " ")) for cell in head]
    found = {NAMES[name]: n for n, name in enumerate(names) if name in NAMES}
    if 0 not in found or 1 not in found:
        raise _no(f"dòng 1: phải là tên cột {', '.join(HEAD)} (cột cuối có thể thiếu)")
    return found[0], found[1], found.get(2, -1)


def _line(number: int, row: Sequence[str], places: tuple[int, int, int]) -> Line:
    cells = [clean_line(row[at]) if 0 <= at < len(row) else "" for at in places]
    return Line(number, *cells)


def written(entries: Iterable[Sequence[str]]) -> bytes:
    """The file of a list, as every spreadsheet opens it with its marks (UTF-8 with a mark at the beginning)."""
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer)
    out.writerow(HEAD)
    out.writerows(entries)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _no(message: str) -> Invalid:
    return Invalid([FieldError("file", "unreadable", message)], "Không đọc được tệp")
