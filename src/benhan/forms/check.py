"""Explain every mistake of a form definition, with file and line; and say which required items a form does not have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from benhan.forms.definition import Field, FormBroken, FormVersion, build

SCHEMA = Path(__file__).resolve().parent / "schema.json"
ELSEWHERE = ("record", "form", "letterhead", "signature")  # stands on the page without being typed into the form
Place = tuple[Any, ...]


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: `file:line: message`."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class RequiredItem:
    """An item that a field list asks a form to have, and the place where the form has it."""

    form: str
    field: str
    place: str
    label_vi: str
    source: str


def check_file(path: Path, blocks: dict[str, Any]) -> list[Mistake]:
    """Every mistake of one `form.yaml`: YAML, then the schema of the language, then what only the whole form shows."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = _plain(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return [Mistake(path, mark.line + 1 if mark else 1, f"YAML hỏng: {getattr(error, 'problem', error)}")]
    lines = dict(_lines(tree, ())) if tree is not None else {}
    found = [Mistake(path, _line(lines, tuple(e.absolute_path)), _explain(e)) for e in _schema().iter_errors(raw)]
    if found:
        return sorted(found, key=lambda m: m.line)
    try:
        form = build(raw, form_hash="", folder=str(path.parent), blocks=blocks)
    except FormBroken as broken:
        return [Mistake(path, _line_of_name(text, str(broken)), str(broken))]
    return [Mistake(path, _line_of_name(text, m), m) for m in _sense(form)]


def missing_items(form: FormVersion, required: Iterable[RequiredItem]) -> list[RequiredItem]:
    """The items of the field lists that the form does not have (FRM-01)."""
    places = {place for section in form.sections for f in section.fields for place in _places(section.id, f)}
    places |= {f"signature:{p.id}" for p in form.positions} | set(ELSEWHERE)
    return [item for item in required if item.form == form.code and item.place not in places]


def _places(section_id: str, field: Field) -> list[str]:
    own = f"{section_id}.{field.id}"
    return [own, *(f"{own}.{column.id}" for column in field.columns)]


def _sense(form: FormVersion) -> list[str]:
    """What is well written and still makes no sense."""
    found = []
    section_id, _, field_id = form.clinical_at.partition(".")
    if form.clinical_at:
        section = form.section(section_id)
        at = section.field(field_id) if section else None
        if at is None or at.type != "datetime":
            found.append(f"clinical_at “{form.clinical_at}” phải là một mục ngày giờ của mẫu")
    for section in form.sections:
        ids = {f.id for f in section.fields}
        for f in section.fields:
            place = f"{section.id}.{f.id}"
            if f.minimum is not None and f.maximum is not None and f.minimum > f.maximum:
                found.append(f"“{place}”: minimum lớn hơn maximum")
            if f.show_if and f.show_if.split("=")[0].rstrip("! ").split(".")[-1] not in ids:
                found.append(f"“{place}”: show_if nhắc tới mục không có trong cùng phần")
            if len({c.code for c in f.choices}) != len(f.choices):
                found.append(f"“{place}”: hai lựa chọn cùng mã")
            if any(c.type in ("table", "signature") for c in f.columns):
                found.append(f"“{place}”: trong bảng không có bảng hay chữ ký")
    return found


@cache
def _schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _explain(error: jsonschema.ValidationError) -> str:
    place = ".".join(str(p) for p in error.absolute_path) or "mẫu"
    known = {
        "additionalProperties": "có từ khóa không thuộc ngôn ngữ của mẫu",
        "required": "thiếu từ khóa bắt buộc",
        "enum": f"“{error.instance}” không nằm trong {error.validator_value}",
        "type": f"sai kiểu, cần {error.validator_value}",
        "pattern": f"“{error.instance}” sai dạng",
        "oneOf": "không đúng dạng nào được phép",
    }
    return f"{place}: {known.get(str(error.validator), 'sai')} ({error.message[:160]})"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _lines(node: yaml.Node, place: Place) -> Iterable[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*place, key.value), key.start_mark.line + 1
            yield from ((p, n) for p, n in _lines(value, (*place, key.value)) if p != (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*place, number))


def _line(lines: dict[Place, int], place: Place) -> int:
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 1)


def _line_of_name(text: str, message: str) -> int:
    """The line that names what a message speaks of: the last id in it that the file has."""
    named = [word.strip("“”.,:()") for word in message.replace(".", " ").split()]
    for word in reversed(named):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip().removeprefix("- ") in (f"id: {word}", f"code: {word}", f"use: {word}"):
                return number
    return 1
