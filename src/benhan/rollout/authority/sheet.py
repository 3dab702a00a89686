"""The Excel template for facilities without the program: made here, read back strictly. A formula is never computed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from benhan import __version__
from benhan.kernel import clock
from benhan.kernel.errors import Refused
from benhan.law.rollout import points
from benhan.rollout.authority.models import Place
from benhan.rollout.papers import xlsx
from benhan.rollout.status_report import COUNTS

TITLE = "BaoCao"
RESULTS = {"đạt": "pass", "chưa đạt": "fail", "chờ xác nhận": "statement"}
COUNT_NAMES = {
    "records_open": "Hồ sơ đang mở",
    "records_paper": "Trong đó còn giấy",
    "records_electronic": "Trong đó điện tử",
    "documents_30d": "Giấy tờ viết trong 30 ngày",
    "unsigned_30d": "Trong đó chưa ký đủ",
    "prints_30d": "Bản in trong 30 ngày",
}
PHASES = {"Khoa còn giấy": "paper", "Khoa song song": "parallel", "Khoa điện tử": "electronic"}
FILE_BYTES_MAX = 5 * 1024 * 1024
UNPACKED_MAX = 50 * 1024 * 1024
ROWS_MAX = 2_000


def columns() -> list[str]:
    """The head, in order. Reading refuses any other."""
    return [
        "Mã cơ sở (5 ký tự)",
        "Tên cơ sở",
        *(f"Điểm {p.code}" for p in points()),
        *PHASES,
        *COUNT_NAMES.values(),
        "Hạn của kế hoạch (ngày)",
        "Tổng số việc",
        "Việc đã xong",
        "Việc quá hạn",
        "Ngày công bố (nếu đã công bố)",
    ]


def template(places: list[Place]) -> bytes:
    """An empty sheet with the places' codes and names filled in."""
    book: Workbook = xlsx.book()
    rows = [[p.code, p.name, *[""] * (len(columns()) - 2)] for p in places]
    page = xlsx.sheet(book, TITLE, columns(), rows)
    choices = DataValidation(type="list", formula1='"' + ",".join(RESULTS) + '"', allow_blank=False)
    page.add_data_validation(choices)
    last = max(len(rows) + 1, 200)
    choices.add(f"C2:{get_column_letter(2 + len(points()))}{last}")
    note = book.create_sheet("HuongDan")
    for number, line in enumerate(
        (
            "Mỗi dòng một cơ sở. Không đổi, thêm, bớt hay chuyển cột.",
            "Điểm: chọn đạt, chưa đạt hoặc chờ xác nhận. Số: ghi số nguyên. Ngày: dd/mm/yyyy.",
            "Không ghi thông tin của người bệnh. Không dùng công thức.",
        ),
        1,
    ):
        note.cell(row=number, column=1, value=line)
    return xlsx.data(book)


@dataclass(frozen=True)
class Line:
    """One row as a report, or why it is none."""

    number: int
    code: str
    report: dict[str, Any] | None
    fault: str


def read(data: bytes) -> list[Line]:
    """The rows of a filled sheet. Refused as a whole when it is no such sheet or its columns were moved; else each row stands for
    itself."""
    if len(data) > FILE_BYTES_MAX:
        raise Refused("Tệp Excel lớn hơn 5 MB", code="too_big")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > UNPACKED_MAX:
                raise Refused("Tệp Excel nén quá mức, không đọc", code="too_big")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise Refused("Không phải tệp Excel (.xlsx)", code="not_a_sheet") from error
    if TITLE not in book.sheetnames:
        raise Refused(f"Thiếu trang tính “{TITLE}”: dùng đúng mẫu của Sở", code="not_a_sheet")
    rows = book[TITLE].iter_rows(values_only=True, max_row=ROWS_MAX + 1, max_col=200)
    head = [str(cell).strip() if cell is not None else "" for cell in next(rows, ())]
    _assert_head(head)
    found = []
    for number, row in enumerate(rows, 2):
        cells = list(row)[: len(columns())]
        if any(cell not in (None, "") for cell in cells[2:]):
            found.append(_line(number, cells))
    return found


def _assert_head(head: list[str]) -> None:
    wanted = columns()
    for position, name in enumerate(wanted):
        there = head[position] if position < len(head) else ""
        if there != name:
            place = get_column_letter(position + 1)
            raise Refused(
                f"Cột {place} phải là “{name}”, trong tệp là “{there[:40] or 'trống'}”: các cột bị xê dịch hoặc đổi tên",
                code="shifted_columns",
            )
    if any(head[len(wanted) :]):
        raise Refused(f"Có cột lạ sau cột “{wanted[-1]}”", code="shifted_columns")


def _line(number: int, cells: list[Any]) -> Line:
    code = str(cells[0] or "").strip().upper()
    try:
        return Line(number, code, _report(cells), "")
    except Refused as no:
        return Line(number, code, None, f"Dòng {number}: {no.message}")


def _report(cells: list[Any]) -> dict[str, Any]:
    names = columns()
    for name, cell in zip(names, cells, strict=True):
        if isinstance(cell, str) and cell.startswith("="):
            raise Refused(f"cột “{name}” là công thức; ghi giá trị", code="formula")
    given = dict(zip(names, cells, strict=True))
    results = []
    for point in points():
        said = str(given[f"Điểm {point.code}"] or "").strip().lower()
        if said not in RESULTS:
            raise Refused(f"cột “Điểm {point.code}” phải là đạt, chưa đạt hoặc chờ xác nhận", code="value")
        results.append({"code": point.code, "result": RESULTS[said]})
    departments = [
        {"code": f"{phase[:3].upper()}{n}", "phase": phase}
        for name, phase in PHASES.items()
        for n in range(1, min(_number(given, name), 60) + 1)
    ]
    announced = _day(given, "Ngày công bố (nếu đã công bố)")
    return made(
        code=str(given["Mã cơ sở (5 ký tự)"] or "").strip().upper(),
        name=str(given["Tên cơ sở"] or "").strip(),
        kind="other",
        points=results,
        departments=departments,
        counts={key: _number(given, COUNT_NAMES[key]) for key in COUNTS},
        plan={
            "due": _day(given, "Hạn của kế hoạch (ngày)"),
            "total": _number(given, "Tổng số việc"),
            "done": _number(given, "Việc đã xong"),
            "late": _number(given, "Việc quá hạn"),
        },
        announced_on=announced,
    )


def made(**given: Any) -> dict[str, Any]:
    """A report of somebody without the program; the serial is set when it is taken."""
    place = {"code": given["code"], "gln": "", "name": given["name"], "kind": given["kind"], "beds": 0}
    return {
        "facility": place,
        "made_at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "serial": 1,
        "software": {"name": "biểu mẫu", "version": __version__},
        "points": given["points"],
        "checks": {},
        "departments": given["departments"],
        "counts": given["counts"],
        "plan": given["plan"],
        "gaps": [],
        "announced_on": given["announced_on"],
    }


def _number(given: dict[str, Any], name: str) -> int:
    cell = given[name]
    if cell in (None, ""):
        return 0
    if isinstance(cell, bool) or (isinstance(cell, float) and not cell.is_integer()):
        raise Refused(f"cột “{name}” phải là số nguyên", code="value")
    text = str(int(cell)) if isinstance(cell, int | float) else str(cell).strip().replace(".", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused(f"cột “{name}” phải là số nguyên từ 0", code="value")
    return int(text)


def _day(given: dict[str, Any], name: str) -> str | None:
    cell = given[name]
    if cell in (None, ""):
        return None
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%Y-%m-%d"))
    parts = str(cell).strip().split("/")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        raise Refused(f"cột “{name}” phải là ngày dd/mm/yyyy", code="value")
    day, month, year = (int(p) for p in parts)
    return f"{year:04d}-{month:02d}-{day:02d}"
