"""Explain every mistake of a form definition, with file and line; and say which required items a form does not have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from benhan.forms import conditions
from benhan.forms.additions import merged
from benhan.forms.build import build
from benhan.forms.definition import Field, FormBroken, FormVersion
from benhan.forms.scores import TWO_VALUES
from benhan.forms.shared import addition_expanded

SCHEMA = Path(__file__).resolve().parent / "schema.json"
NUMERIC = ("number", "score")
ELSEWHERE = ("record", "form", "letterhead", "signature")  # stands on the page without being typed into the form
NESTING_MAX = 40
Place = tuple[Any, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


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


@dataclass(frozen=True)
class Around:
    """What a form may refer to: shared blocks, shared lists of choices, diagrams by name, signing roles,
    elements of the exchange file."""

    blocks: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)
    diagrams: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    elements: frozenset[str] | None = None  # of the exchange file of a record, `group.path`


def check_file(path: Path, around: Around) -> list[Mistake]:
    """Every mistake of one `form.yaml`: YAML, then the schema of the language, then what only the whole form shows."""
    try:
        return check_text(path.read_text(encoding="utf-8"), path, around)
    except UnicodeDecodeError:
        return [Mistake(path, 1, "tệp không phải chữ UTF-8")]


def check_text(text: str, path: Path, around: Around) -> list[Mistake]:
    """The same for a text that lies in no file yet; `path` is only the name in the messages."""
    loaded = _load(text, path)
    if isinstance(loaded, Mistake):
        return [loaded]
    raw, lines = loaded
    found = [Mistake(path, _line(lines, tuple(e.absolute_path)), _explain(e)) for e in _schema().iter_errors(raw)]
    if found:
        return sorted(found, key=lambda m: m.line)
    try:
        form = build(raw, form_hash="", folder=str(path.parent), blocks=around.blocks, choices=around.choices)
    except FormBroken as broken:
        return [Mistake(path, _line_of_name(text, str(broken)), str(broken))]
    return [Mistake(path, _line_of_name(text, m), m) for m in _sense(form, around)]


def check_addition(
    text: str, path: Path, around: Around, official: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[Mistake]]:
    """What a facility adds to an official form (`official` is that form's definition with its blocks put in): the addition
    with its own blocks put in, when it is good, and every mistake otherwise."""
    loaded = _load(text, path)
    if isinstance(loaded, Mistake):
        return None, [loaded]
    raw, lines = loaded
    schema = _schema().evolve(schema={"$ref": "#/$defs/addition", **_defs()})
    if found := [Mistake(path, _line(lines, tuple(e.absolute_path)), _explain(e)) for e in schema.iter_errors(raw)]:
        return None, sorted(found, key=lambda m: m.line)
    try:
        whole = addition_expanded(raw, around.blocks, around.choices)
        form = build(merged(official, whole), form_hash="", folder="", blocks={})
    except FormBroken as broken:
        return None, [Mistake(path, _line_of_name(text, str(broken)), str(broken))]
    mistakes = [Mistake(path, _line_of_name(text, m), m) for m in _sense(form, around)]
    return (None, mistakes) if mistakes else (whole, [])


def check_blocks(path: Path) -> list[Mistake]:
    """Every mistake of a file of shared blocks."""
    loaded = _load(path.read_text(encoding="utf-8"), path)
    if isinstance(loaded, Mistake):
        return [loaded]
    raw, lines = loaded
    schema = _schema().evolve(schema={"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}, **_defs()})
    found = [Mistake(path, _line(lines, tuple(e.absolute_path)), _explain(e)) for e in schema.iter_errors(raw)]
    return sorted(found, key=lambda m: m.line)


def _load(text: str, path: Path) -> tuple[Any, dict[Place, int]] | Mistake:
    try:
        if (bomb := _bomb(text)) is not None:
            return Mistake(path, bomb + 1, "tệp lồng quá sâu, hoặc dùng & và * (viết ra, hoặc dùng khối dùng chung)")
        tree = yaml.compose(text, Loader=_LOADER)
        raw = _plain(yaml.load(text, Loader=_LOADER))  # noqa: S506 - safe, in C where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return Mistake(path, mark.line + 1 if mark else 1, f"YAML hỏng: {getattr(error, 'problem', error)}")
    except ValueError as error:  # 2099-13-45 is written like a day
        return Mistake(path, 1, f"có giá trị không đọc được: {error}")
    return raw, dict(_lines(tree, ())) if tree is not None else {}


def _bomb(text: str) -> int | None:
    """The line of an alias (a few of them can stand for gigabytes) or of a nesting no form has; None for neither. Words are
    looked at one by one, before anything is built of them."""
    depth = 0
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, _OPENS):
            depth += 1
        elif isinstance(token, _CLOSES):
            depth -= 1
        if depth > NESTING_MAX or isinstance(token, yaml.AliasToken):
            return int(token.start_mark.line)
    return None


def _defs() -> dict[str, Any]:
    return {"$defs": _schema().schema["$defs"]}


def missing_items(form: FormVersion, required: Iterable[RequiredItem]) -> list[RequiredItem]:
    """The items of the field lists that the form does not have (FRM-01)."""
    places = {place for section in form.sections for f in section.fields for place in _places(section.id, f)}
    places |= {f"signature:{p.id}" for p in form.positions} | set(ELSEWHERE)
    return [item for item in required if item.form == form.code and item.place not in places]


def _places(section_id: str, field: Field) -> list[str]:
    own = f"{section_id}.{field.id}"
    return [own, *(f"{own}.{column.id}" for column in field.columns)]


def _sense(form: FormVersion, around: Around) -> list[str]:
    """What is well written and still makes no sense."""
    found = conditions.faults(form) + _clinical_at(form)
    if around.roles is not None:
        strange = [p for p in form.positions if p.kind == "staff" and p.role not in around.roles]
        found += [f"“{p.id}”: vai ký “{p.role}” không có trong signers.yaml" for p in strange]
    if around.elements is not None:
        named = [rule.code for rule in form.extracts if rule.kind == "cv365"]
        found += [f"“{code}” không phải phần tử của CV 365" for code in named if code not in around.elements]
    for section in form.sections:
        for f in section.fields:
            place = f"{section.id}.{f.id}"
            found += [f"“{place}”: {what}" for what in _of_field(f, section.fields, around)]
            for column in f.columns:
                inner = f"{place}.{column.id}"
                found += [f"“{inner}”: {what}" for what in _of_field(column, f.columns, around)]
    found += _curves(form)
    return found


def _clinical_at(form: FormVersion) -> list[str]:
    if not form.clinical_at:
        return []
    section_id, _, field_id = form.clinical_at.partition(".")
    section = form.section(section_id)
    at = section.field(field_id) if section else None
    wrong = at is None or at.type != "datetime"
    return [f"clinical_at “{form.clinical_at}” phải là một mục ngày giờ của mẫu"] if wrong else []


def _of_field(f: Field, beside: tuple[Field, ...], around: Around) -> list[str]:
    found = []
    if f.minimum is not None and f.maximum is not None and f.minimum > f.maximum:
        found.append("minimum lớn hơn maximum")
    if f.whole and f.type != "number":
        found.append("“whole” chỉ dùng cho mục kiểu number")
    if len({c.code for c in f.choices}) != len(f.choices):
        found.append("hai lựa chọn cùng mã")
    if len({c.code for c in f.rows}) != len(f.rows):
        found.append("hai dòng cố định cùng mã")
    if f.type in ("choice", "diagram") and not f.choices:
        found.append("thiếu “choices”")
    if f.type == "table" and not f.columns:
        found.append("bảng thiếu “columns”")
    if f.type == "diagram" and around.diagrams is not None and f.diagram not in around.diagrams:
        found.append(f"không có hình “{f.diagram}”")
    if f.background and around.diagrams is not None and f.background not in around.diagrams:
        found.append(f"không có hình nền “{f.background}”")
    if any(c.type in ("table", "signature", "statement", "diagram", "drawing") for c in f.columns):
        found.append("trong bảng không có bảng, hình, đoạn văn hay chữ ký")
    if f.layout == "columns" and f.columns and f.columns[0].type not in ("time", "datetime", "date"):
        found.append("bảng xếp theo cột cần cột đầu là giờ hoặc ngày giờ")
    ends = [i.upto for i in f.points]
    if ends and (f.type != "number" or ends != sorted(set(ends))):
        found.append("“points” là các khoảng tăng dần của một số")
    if f.type == "score":
        found += _of_score(f, {b.id: b for b in beside})
    return found


def _of_score(f: Field, beside: dict[str, Field]) -> list[str]:
    if not f.of:
        return ["điểm tính sẵn thiếu “of”"]
    found = [f"điểm tính từ “{name}”, không có trong cùng phần" for name in f.of if name not in beside]
    for source in (beside[name] for name in f.of if name in beside):
        if source.type == "choice" and any(c.points is None for c in source.choices):
            found.append(f"lựa chọn của “{source.id}” thiếu “points”")
        elif source.type not in ("choice", *NUMERIC):
            found.append(f"“{source.id}” không phải số hay lựa chọn có điểm")
    order = list(beside)
    late = [n for n in f.of if n in beside and beside[n].type == "score" and order.index(n) > order.index(f.id)]
    found += [f"điểm “{name}” phải đứng trước điểm dùng nó" for name in late]
    if f.id in f.of:
        found.append("điểm tính từ chính nó")
    if f.formula in TWO_VALUES and len(f.of) != 2:
        found.append(f"công thức {f.formula} cần đúng hai mục")
    return found


def _curves(form: FormVersion) -> list[str]:
    """Curves must name numbers: columns of their table, or fields of the entry."""
    entry = {f.id for s in form.sections for f in s.fields if f.type in NUMERIC}
    charts = [("sheet", form.sheet.get("chart") or {}, entry)]
    for section in form.sections:
        for f in section.fields:
            charts.append((f"{section.id}.{f.id}", f.chart, {c.id for c in f.columns if c.type in NUMERIC}))
    return [
        f"“{place}”: biểu đồ vẽ “{curve['field']}”, không phải cột số"
        for place, chart, known in charts
        for curve in chart.get("curves", [])
        if curve["field"] not in known
    ]


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
    named = [word.strip("“”.,:();") for word in message.replace(".", " ").split()]
    for word in reversed(named):
        says = re.compile(
            rf"\b(id|code|use|role|choices|section|diagram|background|adds_to):\s*{re.escape(word)}\s*(?:[,}}#]|$)"
        )
        for number, line in enumerate(text.splitlines(), 1):
            if word and says.search(line):
                return number
    return 1
