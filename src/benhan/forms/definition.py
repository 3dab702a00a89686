"""The definition of a form version as typed, frozen values. The language is described in docs/forms.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benhan.kernel.text import fold

FIELD_TYPES = frozenset(
    {"text", "longtext", "choice", "number", "date", "datetime", "icd10", "code", "table", "signature", "drawing"}
)
EXTRACT_KINDS = frozenset(
    {"condition", "observation", "medication", "allergy", "service_request", "result", "procedure"}
)
EXTRACT_COLUMNS = frozenset({"code", "display", "value", "unit", "role", "at"})
ROW_KEY = "row"
REQUIRED_FOR = ("never", "saving", "signing", "closing")
TEXT_CHARACTERS_MAX = 500
LONGTEXT_CHARACTERS_MAX = 20_000
DRAWING_CHARACTERS_MAX = 200_000
ROWS_MAX = 500


class FormBroken(Exception):
    """A form definition breaks the language; the message says where."""


@dataclass(frozen=True)
class Choice:
    """One possible answer."""

    code: str
    label_vi: str
    label_en: str = ""


@dataclass(frozen=True)
class Field:
    """One item of a form. `required` says at which step an empty value is a fault (the paper forms do not say it; it is
    our proposal). `rows` are the fixed rows of a table: a line of such a table names its row under the key `row`.
    `minimum`/`maximum` are refused beyond, `plausible` only asks again."""

    id: str
    label_vi: str
    label_en: str
    type: str
    required: str = "never"
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    plausible: tuple[float, float] | None = None
    length_max: int = TEXT_CHARACTERS_MAX
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    columns: tuple[Field, ...] = ()
    rows: tuple[Choice, ...] = ()
    code_system: str = ""
    hint_vi: str = ""
    prefill: str = ""
    show_if: str = ""
    printed_item: str = ""
    not_after_now: bool = False
    copy_forward: bool = False
    added_by_us: bool = False

    @property
    def is_filled_by_hand(self) -> bool:
        """Does a person type it (signatures are made elsewhere)?"""
        return self.type != "signature"


@dataclass(frozen=True)
class Section:
    """A part of a form. A repeated section is a list of rows."""

    id: str
    title_vi: str
    title_en: str
    fields: tuple[Field, ...]
    repeated: bool = False
    block: str = ""
    collapsed: bool = False
    rows_max: int = ROWS_MAX

    def field(self, field_id: str) -> Field | None:
        """The field of that id."""
        return next((f for f in self.fields if f.id == field_id), None)


@dataclass(frozen=True)
class Position:
    """A place to sign. `kind` staff | confirmation (patient or representative) | facility (the seal of the house)."""

    id: str
    label_vi: str
    role: str
    order: int
    required: bool = True
    kind: str = "staff"
    parallel: bool = False


@dataclass(frozen=True)
class ExtractRule:
    """Which field means what: `kind` is one of EXTRACT_KINDS. `path` names a field (`section.field`), a table, or a
    section; `columns` says which field of the row gives code, display, value, unit, role or at; `where` picks rows.
    `absent` lists what people write when there is none: such an answer is a meaning too, with the role `absent`."""

    kind: str
    path: str
    code: str = ""
    system: str = ""
    display: str = ""
    unit: str = ""
    role: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormVersion:
    """One exact version of a form. `form_hash` covers its folder, so an answer keeps its version for ever (FRM-02)."""

    code: str
    valid_from: date
    valid_to: date | None
    form_hash: str
    official_number: str
    name_vi: str
    name_en: str
    kind: str
    used_in: frozenset[str]
    legal_basis: str
    certainty: str
    repeats: str
    group: str
    writers: frozenset[str]
    sections: tuple[Section, ...]
    positions: tuple[Position, ...]
    extracts: tuple[ExtractRule, ...]
    clinical_at: str
    folder: str
    answers: str = ""  # code of the request that a result form answers

    def section(self, section_id: str) -> Section | None:
        """The section of that id."""
        return next((s for s in self.sections if s.id == section_id), None)


def build(raw: dict[str, Any], *, form_hash: str, folder: str, blocks: dict[str, Any]) -> FormVersion:
    """Turn the loaded YAML of a form into a FormVersion, or raise FormBroken with the place."""
    where = str(raw.get("code", folder))
    sections = tuple(_section(s, blocks, where) for s in _need(raw, "sections", where))
    _unique([s.id for s in sections], where, "section")
    form = FormVersion(
        code=_need(raw, "code", where),
        valid_from=_need(raw, "valid_from", where),
        valid_to=raw.get("valid_to"),
        form_hash=form_hash,
        official_number=raw.get("official_number") or "",
        name_vi=_need(raw, "name_vi", where),
        name_en=raw.get("name_en", ""),
        kind=raw.get("kind", "sheet"),
        used_in=frozenset(raw.get("used_in", [])),
        legal_basis=raw.get("legal_basis", ""),
        certainty=raw.get("certainty", "reconstructed"),
        repeats=_one_of(raw.get("repeats", "event"), ("once", "event", "entry"), where + ".repeats"),
        group=raw.get("group", "other"),
        writers=frozenset(raw.get("writers", [])),
        sections=sections,
        positions=tuple(_position(p, where) for p in raw.get("signatures", [])),
        extracts=tuple(_extract_rule(e) for e in raw.get("extract", [])),
        clinical_at=raw.get("clinical_at", ""),
        folder=folder,
        answers=raw.get("answers", ""),
    )
    _check_positions(form)
    _check_extracts(form)
    return form


def _section(raw: dict[str, Any], blocks: dict[str, Any], where: str) -> Section:
    if "use" in raw:
        block = blocks.get(raw["use"])
        if block is None:
            raise FormBroken(f"{where}: khối dùng chung “{raw['use']}” không có")
        own = {k: v for k, v in raw.items() if k not in ("use", "more_fields")}
        raw = {**block, **own, "block": raw["use"], "fields": [*block["fields"], *raw.get("more_fields", [])]}
    place = f"{where}.{raw.get('id', '?')}"
    fields = tuple(_field(f, place) for f in _need(raw, "fields", place))
    _unique([f.id for f in fields], place, "field")
    return Section(
        id=_need(raw, "id", place),
        title_vi=raw.get("title_vi", ""),
        title_en=raw.get("title_en", ""),
        fields=fields,
        repeated=bool(raw.get("repeated", False)),
        block=raw.get("block", ""),
        collapsed=bool(raw.get("collapsed", False)),
        rows_max=int(raw.get("rows_max", ROWS_MAX)),
    )


def _field(raw: dict[str, Any], place: str) -> Field:
    where = f"{place}.{raw.get('id', '?')}"
    kind = _one_of(_need(raw, "type", where), FIELD_TYPES, where + ".type")
    length = LONGTEXT_CHARACTERS_MAX if kind == "longtext" else TEXT_CHARACTERS_MAX
    return Field(
        id=_need(raw, "id", where),
        label_vi=_need(raw, "label_vi", where),
        label_en=raw.get("label_en", ""),
        type=kind,
        required=_one_of(raw.get("required", "never"), REQUIRED_FOR, where + ".required"),
        unit=raw.get("unit", ""),
        minimum=raw.get("minimum"),
        maximum=raw.get("maximum"),
        plausible=_plausible(raw, where),
        length_max=raw.get("length_max", length),
        choices=tuple(_choice(c) for c in raw.get("choices", [])),
        multiple=bool(raw.get("multiple", False)),
        columns=tuple(_field(c, where) for c in raw.get("columns", [])),
        rows=tuple(_choice(r) for r in raw.get("rows", [])),
        code_system=raw.get("code_system", ""),
        hint_vi=raw.get("hint_vi", ""),
        prefill=raw.get("prefill", ""),
        show_if=str(raw.get("show_if", "")),
        printed_item=str(raw.get("printed_item", "")),
        not_after_now=bool(raw.get("not_after_now", False)),
        copy_forward=bool(raw.get("copy_forward", False)),
        added_by_us=bool(raw.get("added_by_us", False)),
    )


def _plausible(raw: dict[str, Any], where: str) -> tuple[float, float] | None:
    given = raw.get("plausible")
    if given is None:
        return None
    if not (isinstance(given, list) and len(given) == 2 and given[0] < given[1]):
        raise FormBroken(f"{where}: “plausible” là hai số [thấp, cao]")
    return float(given[0]), float(given[1])


def _choice(raw: Any) -> Choice:
    if isinstance(raw, dict):
        return Choice(str(raw["code"]), str(raw["label_vi"]), str(raw.get("label_en", "")))
    return Choice(str(raw), str(raw))


def _position(raw: dict[str, Any], where: str) -> Position:
    kind = "confirmation" if raw["role"] in ("patient", "patient_or_relative") else raw.get("kind", "staff")
    return Position(
        id=_need(raw, "id", where + ".signatures"),
        label_vi=raw.get("label_vi", ""),
        role=raw["role"],
        order=int(raw.get("order", 1)),
        required=bool(raw.get("required", True)),
        kind=kind,
        parallel=bool(raw.get("parallel", False)),
    )


def _check_positions(form: FormVersion) -> None:
    """A confirmation goes inside the file that the staff then sign, so it comes before every staff signature."""
    _unique([p.id for p in form.positions], form.code, "signature")
    staff = [p.order for p in form.positions if p.kind != "confirmation"]
    late = [p.id for p in form.positions if p.kind == "confirmation" and staff and p.order >= min(staff)]
    if late:
        raise FormBroken(f"{form.code}: xác nhận của người bệnh ({', '.join(late)}) phải đứng trước chữ ký nhân viên")


def _extract_rule(raw: dict[str, Any]) -> ExtractRule:
    return ExtractRule(**{**raw, "absent": tuple(fold(text) for text in raw.get("absent", []))})


def _check_extracts(form: FormVersion) -> None:
    for rule in form.extracts:
        place = f"{form.code}: extract “{rule.path}”"
        if rule.kind not in EXTRACT_KINDS:
            raise FormBroken(f"{place}: kind “{rule.kind}” không nằm trong {sorted(EXTRACT_KINDS)}")
        section_id, _, field_id = rule.path.partition(".")
        section = form.section(section_id)
        found = section.field(field_id) if section and field_id else None
        if section is None or (field_id and found is None):
            raise FormBroken(f"{place} trỏ tới mục không có trong mẫu")
        inside = {f.id for f in (found.columns if found else section.fields)}
        if rule.columns and found is not None and found.type != "table":
            raise FormBroken(f"{place}: chỉ bảng hoặc phần mới có “columns”")
        unknown = ({*rule.columns} - EXTRACT_COLUMNS) | ({*rule.columns.values(), *rule.where} - inside - {ROW_KEY})
        if unknown:
            raise FormBroken(f"{place}: không có {', '.join(sorted(unknown))}")


def _need(raw: dict[str, Any], key: str, where: str) -> Any:
    if raw.get(key) in (None, ""):
        raise FormBroken(f"{where}: thiếu “{key}”")
    return raw[key]


def _one_of(value: Any, allowed: Any, where: str) -> str:
    if value not in allowed:
        raise FormBroken(f"{where}: “{value}” không nằm trong {sorted(allowed)}")
    return str(value)


def _unique(ids: list[str], where: str, what: str) -> None:
    doubles = {i for i in ids if ids.count(i) > 1}
    if doubles:
        raise FormBroken(f"{where}: {what} trùng mã: {', '.join(sorted(doubles))}")
