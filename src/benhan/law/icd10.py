"""Take over the ministry's ICD-10 list (TT 06/2026/TT-BYT, 29 columns) as a list of the facility.

The list itself does not come with the program: a facility saves the sheet of the circular's annex as CSV and converts
it once; the result goes into a folder named with `codes.use_folder`. Columns are counted from 1, as people count them.
Which column holds code and name is given by the caller, for we have not seen the file; the columns that limit the use
of a code are those R-139 names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

FLAG_COLUMNS = {24: "not_main", 25: "main_discouraged", 26: "unused", 27: "death_only", 28: "sex:m", 29: "sex:f"}
COLUMNS = ("code", "name_vi", "name_en", "flags", "valid_from", "valid_to", "source", "certainty")
SOURCE = "TT 06/2026/TT-BYT"
_CODE = re.compile(r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?[*†]?$")


def convert(
    source: Path, target: Path, *, code: int, name_vi: int, name_en: int = 0, valid_from: date = date(2026, 7, 1),
    flag_columns: dict[int, str] | None = None,
) -> tuple[int, list[str]]:  # fmt: skip
    """Write `target` (our CSV) from the ministry's CSV; return the number of codes taken and what was left out.

    Which of columns 28 and 29 means which sex is not known for certain: `flag_columns` says otherwise.
    """
    taken: list[dict[str, str]] = []
    left_out: list[str] = []
    with source.open(encoding="utf-8-sig", newline="") as file:
        for number, cells in enumerate(csv.reader(file), 1):
            found = _cell(cells, code).upper().replace(" ", "")
            if not _CODE.match(found) or not _cell(cells, name_vi):
                left_out.append(f"dòng {number}: “{found[:20]}” không phải mã ICD-10 hoặc thiếu tên")
                continue
            flags = " ".join(_flags(cells, flag_columns or FLAG_COLUMNS))
            taken.append({
                "code": found, "name_vi": _cell(cells, name_vi), "name_en": _cell(cells, name_en), "flags": flags,
                "valid_from": valid_from.isoformat(), "valid_to": "", "source": SOURCE,
                "certainty": "list of the ministry",
            })  # fmt: skip
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(taken)
    return len(taken), left_out


def _cell(cells: list[str], column: int) -> str:
    return " ".join(cells[column - 1].split()) if 0 < column <= len(cells) else ""


def _flags(cells: list[str], columns: dict[int, str]) -> Iterable[str]:
    return (flag for column, flag in columns.items() if _cell(cells, column))
