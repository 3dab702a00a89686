"""Is a content good for this form, now? Messages say in plain Vietnamese what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785

from benhan.forms.conditions import is_shown
from benhan.forms.definition import DRAWING_CHARACTERS_MAX, ROW_KEY, ROWS_MAX, Field, FormVersion, Section
from benhan.forms.scores import with_scores
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean as clean_text

CONTENT_BYTES_MAX = 4 * 1024 * 1024
CONTENT_DEPTH_MAX = 6  # section list → row → table → line → multiple choice: nothing of ours is deeper
MARKS_MAX = 200  # a mouth has 52 teeth, a body fewer regions
MARK_NOTE_CHARACTERS_MAX = 300
CLOCK_TOLERANCE = timedelta(minutes=5)  # ward PCs run a little fast
PURPOSES = ("saving", "signing", "closing")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_DRAWING = re.compile(r"[MmLlCcQqHhVvZz0-9 .,\-]*")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
CodeKnown = Callable[[str, str], bool]
PartKnown = Callable[[str, str], bool]


def clean(form: FormVersion, content: dict[str, Any]) -> dict[str, Any]:
    """NFC, no control characters or direction marks, no blanks around, no empty leaves, scores computed; nothing else is
    changed. Unknown keys stay, to be refused by `validate`. Raises Invalid when it is nested deeper than any form."""
    cleaned = _clean(content, CONTENT_DEPTH_MAX)
    return with_scores(form, cleaned) if isinstance(cleaned, dict) else {}


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean_text(value).strip()
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise Invalid([FieldError("", "too_deep", "Nội dung lồng quá sâu, không đúng dạng của mẫu")])
    if isinstance(value, dict):
        return {str(k): c for k, v in value.items() if (c := _clean(v, depth - 1)) not in ("", None, [], {})}
    return [c for v in value if (c := _clean(v, depth - 1)) not in ("", None, {}, [])]


def validate(
    form: FormVersion,
    content: dict[str, Any],
    *,
    purpose: str = "saving",
    born: date | None = None,
    code_known: CodeKnown | None = None,
    part_known: PartKnown | None = None,
    parts: frozenset[str] | None = None,
) -> list[FieldError]:
    """Return every fault of `content` (cleaned) for a purpose: saving | signing | closing. Empty = good.

    `code_known(system, code)` and `part_known(diagram, part)` look things up in the lists of the law; `parts` limits what
    must be complete to sections of these parts and of none (part B may still be empty while part A is signed)."""
    try:
        size = len(canonical(content))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        return [FieldError("", "shape", "Nội dung có số hoặc ký tự không lưu được; hãy nhập lại")]
    if size > CONTENT_BYTES_MAX:
        return [FieldError("", "too_big", "Nội dung quá lớn (hơn 4 MB); hãy chia thành nhiều phiếu")]
    errors = [
        FieldError(key, "unknown_section", f"Mẫu này không có phần “{key[:40]}”")
        for key in content
        if form.section(key) is None
    ]
    check = _Check(PURPOSES.index(purpose), born, code_known, part_known, content, parts)
    for section in form.sections:
        errors += check.section(section, content.get(section.id))
    if form.sections and content != with_scores(form, content):
        errors.append(FieldError("", "score", "Điểm tính sẵn không khớp với các mục đã chọn; hãy lưu lại"))
    return errors


def warnings(form: FormVersion, content: dict[str, Any]) -> list[FieldError]:
    """Values outside the plausible range: to be looked at again, never refused: a hard limit on vital signs
    makes people write wrong numbers."""
    found = []
    for section in form.sections:
        value = content.get(section.id)
        rows = value if isinstance(value, list) else [value]
        for number, row in enumerate(rows):
            path = f"{section.id}.{number}" if section.repeated else section.id
            found += [
                w for f in section.fields if isinstance(row, dict) and (w := _implausible(f, row.get(f.id), path))
            ]
    return found


def _implausible(field: Field, value: Any, path: str) -> FieldError | None:
    if field.plausible is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = field.plausible
    if low <= value <= high:
        return None
    message = f"“{field.label_vi}” {value:g} {field.unit}: ngoài khoảng thường gặp {low:g}–{high:g}, hãy xem lại"
    return FieldError(f"{path}.{field.id}", "implausible", message)


class _Check:
    """One run of the validation: purpose as a number, the birth date, who knows codes and diagrams, and the whole content
    for conditions that look into another section."""

    def __init__(
        self,
        purpose: int,
        born: date | None,
        code_known: CodeKnown | None,
        part_known: PartKnown | None,
        content: dict[str, Any],
        parts: frozenset[str] | None,
    ) -> None:
        self.purpose = purpose
        self.born = born
        self.code_known = code_known
        self.part_known = part_known
        self.content = content
        self.parts = parts
        self.asked = True

    def section(self, section: Section, value: Any) -> list[FieldError]:
        """Nothing of a hidden section, or of a part whose turn has not come, is missing; what stands there has its shape."""
        in_turn = self.parts is None or not section.part or section.part in self.parts
        self.asked = in_turn and is_shown(section, {}, self.content)
        if not section.repeated:
            return self._row(section.fields, value if value is not None else {}, section.id)
        rows = value if value is not None else []
        if not isinstance(rows, list):
            return [FieldError(section.id, "shape", "Phần này là một danh sách dòng")]
        if len(rows) > section.rows_max:
            return [
                FieldError(
                    section.id, "too_many_rows", f"Nhiều nhất {section.rows_max} dòng; hãy chia thành nhiều phiếu"
                )
            ]
        errors: list[FieldError] = []
        for number, row in enumerate(rows):
            errors += self._row(section.fields, row, f"{section.id}.{number}")
        return errors

    def _row(self, fields: tuple[Field, ...], row: Any, path: str) -> list[FieldError]:
        if not isinstance(row, dict):
            return [FieldError(path, "shape", "Dữ liệu của phần này không đúng dạng")]
        known = {f.id for f in fields}
        errors = [
            FieldError(f"{path}.{k}", "unknown_field", f"Mẫu này không có mục “{k}”") for k in row if k not in known
        ]
        for field in fields:
            if field.is_content:
                shown = self.asked and is_shown(field, row, self.content)
                errors += self._value(field, row.get(field.id), f"{path}.{field.id}", shown)
            elif field.id in row:
                errors.append(
                    FieldError(f"{path}.{field.id}", field.type, f"“{field.label_vi}” không phải mục để nhập")
                )
        return errors

    def _value(self, field: Field, value: Any, path: str, shown: bool) -> list[FieldError]:
        """A hidden field may be empty, but what stands in it must still have the right shape."""
        if value in (None, "", [], {}):
            missing = shown and field.required != "never" and PURPOSES.index(field.required) <= self.purpose
            return [FieldError(path, "required", f"Chưa nhập “{field.label_vi}”")] if missing else []
        if field.type == "table":
            return self._table(field, value, path)
        if field.type == "diagram":
            return _marks(field, value, path, self)
        if field.multiple:
            values = value if isinstance(value, list) else [value]
            if len(values) > len(field.choices or values):
                return [FieldError(path, "choice", f"“{field.label_vi}” có lựa chọn lặp lại")]
            return [e for v in values for e in self._single(field, v, path)]
        return self._single(field, value, path)

    def _table(self, field: Field, value: Any, path: str) -> list[FieldError]:
        if not isinstance(value, list):
            return [FieldError(path, "shape", "Bảng này là một danh sách dòng")]
        if len(value) > ROWS_MAX:
            return [FieldError(path, "too_many_rows", f"Bảng có nhiều nhất {ROWS_MAX} dòng")]
        errors = self._fixed_rows(field, value, path) if field.rows else []
        for number, row in enumerate(value):
            plain = {k: v for k, v in row.items() if k != ROW_KEY} if field.rows and isinstance(row, dict) else row
            errors += self._row(field.columns, plain, f"{path}.{number}")
        return errors

    def _fixed_rows(self, field: Field, value: list[Any], path: str) -> list[FieldError]:
        """Each line of a table with fixed rows names its row, once."""
        named = [row.get(ROW_KEY) if isinstance(row, dict) else None for row in value]
        known = [r.code for r in field.rows]
        return [
            FieldError(f"{path}.{number}", "row", f"Bảng “{field.label_vi}” không có dòng này, hoặc dòng bị lặp")
            for number, name in enumerate(named)
            if name not in known or name in named[:number]
        ]

    def _single(self, field: Field, value: Any, path: str) -> list[FieldError]:
        fault = _CHECKS[field.type](field, value, self)
        return [FieldError(path, *fault)] if fault else []


Fault = tuple[str, str] | None


def _text(field: Field, value: Any, check: _Check) -> Fault:
    if not isinstance(value, str):
        return "type", f"“{field.label_vi}” phải là chữ"
    if len(value) > field.length_max:
        return "too_long", f"“{field.label_vi}” dài {len(value)} ký tự, nhiều nhất {field.length_max}"
    return None


def _number(field: Field, value: Any, check: _Check) -> Fault:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "type", f"“{field.label_vi}” phải là số"
    if field.minimum is not None and value < field.minimum:
        return "too_small", f"“{field.label_vi}” nhỏ hơn mức cho phép {field.minimum:g} {field.unit}".rstrip()
    if field.maximum is not None and value > field.maximum:
        return "too_large", f"“{field.label_vi}” lớn hơn mức cho phép {field.maximum:g} {field.unit}".rstrip()
    if field.whole and not float(value).is_integer():
        return "whole", f"“{field.label_vi}” là số đếm: ghi số nguyên"
    return None


def _choice(field: Field, value: Any, check: _Check) -> Fault:
    if str(value) not in {c.code for c in field.choices}:
        return "choice", f"Chọn “{field.label_vi}” trong danh sách"
    return None


def _date(field: Field, value: Any, check: _Check) -> Fault:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return "format", f"“{field.label_vi}”: nhập ngày dạng ngày/tháng/năm"
    try:
        day = date.fromisoformat((value + "-01-01")[:10] if len(value) < 10 else value)
    except ValueError:
        return "format", f"“{field.label_vi}”: ngày này không có trong lịch"
    if field.not_after_now and day > clock.today():
        return "future", f"“{field.label_vi}” ở tương lai"
    if check.born and not field.may_precede_birth and len(value) == 10 and day < check.born:
        return "before_birth", f"“{field.label_vi}” trước ngày sinh của người bệnh"
    return None


def _datetime(field: Field, value: Any, check: _Check) -> Fault:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "format", f"“{field.label_vi}”: nhập ngày giờ dạng ngày/tháng/năm giờ:phút"
    if moment.tzinfo is None:
        return "format", f"“{field.label_vi}” thiếu múi giờ"
    if not clock.is_in_living_memory(moment):
        return "too_early", f"“{field.label_vi}” quá xa trong quá khứ, hãy xem lại năm"
    if field.not_after_now and moment > clock.now() + CLOCK_TOLERANCE:
        return "future", f"“{field.label_vi}” ở tương lai"
    if check.born and not field.may_precede_birth and clock.day_of(moment) < check.born:
        return "before_birth", f"“{field.label_vi}” trước ngày sinh của người bệnh"
    return None


def _time(field: Field, value: Any, check: _Check) -> Fault:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return "format", f"“{field.label_vi}”: nhập giờ dạng 08:05"
    return None


def _marks(field: Field, value: Any, path: str, check: _Check) -> list[FieldError]:
    """Marks on a diagram: each names a part, what is there (one of the choices) and perhaps a note."""
    if not isinstance(value, list) or not all(isinstance(m, dict) for m in value):
        return [FieldError(path, "shape", f"“{field.label_vi}” là một danh sách vị trí được đánh dấu")]
    if len(value) > MARKS_MAX:
        return [FieldError(path, "too_many_rows", f"“{field.label_vi}”: nhiều nhất {MARKS_MAX} dấu")]
    return [
        FieldError(f"{path}.{number}", *fault)
        for number, mark in enumerate(value)
        if (fault := _mark(field, mark, value[:number], check))
    ]


def _mark(field: Field, mark: dict[str, Any], before: list[dict[str, Any]], check: _Check) -> Fault:
    part, what, note = mark.get("part"), mark.get("mark"), mark.get("note", "")
    if set(mark) - {"part", "mark", "note"} or not isinstance(part, str) or not isinstance(note, str):
        return "shape", f"“{field.label_vi}”: dấu không đúng dạng"
    if check.part_known and not check.part_known(field.diagram, part):
        return "part", f"“{field.label_vi}”: hình không có vị trí “{part[:20]}”"
    if what not in {c.code for c in field.choices}:
        return "choice", f"“{field.label_vi}”: chọn dấu trong danh sách"
    if len(note) > MARK_NOTE_CHARACTERS_MAX:
        return "too_long", f"“{field.label_vi}”: ghi chú dài nhất {MARK_NOTE_CHARACTERS_MAX} ký tự"
    if any(m.get("part") == part and m.get("mark") == what for m in before):
        return "double", f"“{field.label_vi}”: vị trí {part} được đánh cùng một dấu hai lần"
    return None


def _code(field: Field, value: Any, check: _Check) -> Fault:
    fault = _text(field, value, check)
    if fault is None and field.code_system and check.code_known and not check.code_known(field.code_system, value):
        return "code", f"Mã “{value}” không có trong danh mục của “{field.label_vi}”"
    return fault


def _icd10(field: Field, value: Any, check: _Check) -> Fault:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?[*†]?", value):
        return "icd10", f"“{field.label_vi}”: mã ICD-10 có dạng J18 hoặc J18.9"
    return None


def _drawing(field: Field, value: Any, check: _Check) -> Fault:
    """A drawing is the path of an SVG, nothing else: strokes, no markup."""
    if not isinstance(value, str) or not _DRAWING.fullmatch(value):
        return "type", f"“{field.label_vi}” phải là hình vẽ"
    if len(value) > DRAWING_CHARACTERS_MAX:
        return "too_long", f"“{field.label_vi}”: hình vẽ quá nhiều nét"
    return None


_CHECKS: dict[str, Callable[[Field, Any, _Check], Fault]] = {
    "text": _text,
    "longtext": _text,
    "number": _number,
    "score": _number,
    "time": _time,
    "choice": _choice,
    "date": _date,
    "datetime": _datetime,
    "code": _code,
    "icd10": _icd10,
    "drawing": _drawing,
}
