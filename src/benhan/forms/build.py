"""From the loaded YAML of a form to its typed definition. The language is described in docs/forms.md."""

from __future__ import annotations

import math
from typing import Any

from benhan.forms.definition import (
    EXTRACT_COLUMNS,
    EXTRACT_KINDS,
    FIELD_TYPES,
    FORMULAS,
    LONGTEXT_CHARACTERS_MAX,
    REPEATS,
    REQUIRED_FOR,
    ROW_KEY,
    ROWS_MAX,
    TABLE_LAYOUTS,
    TEXT_CHARACTERS_MAX,
    Band,
    Choice,
    ExtractRule,
    Field,
    FormBroken,
    FormVersion,
    Interval,
    Position,
    Section,
)
from benhan.forms.shared import Shared
from benhan.kernel.text import fold


def build(
    raw: dict[str, Any],
    *,
    form_hash: str,
    folder: str,
    blocks: dict[str, Any],
    choices: dict[str, Any] | None = None,
    origin: str = "official",
) -> FormVersion:
    """Turn the loaded YAML of a form into a FormVersion, or raise FormBroken with the place."""
    where = str(raw.get("code", folder))
    shared = Shared(blocks, choices or {})
    sections = tuple(_section(s, shared, where) for s in shared.sections(_need(raw, "sections", where), where))
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
        repeats=_one_of(raw.get("repeats", "event"), REPEATS, where + ".repeats"),
        group=raw.get("group", "other"),
        writers=frozenset(raw.get("writers", [])),
        sections=sections,
        positions=tuple(_position(p, where) for p in raw.get("signatures", [])),
        extracts=tuple(_extract_rule(e) for e in raw.get("extract", [])),
        clinical_at=raw.get("clinical_at", ""),
        folder=folder,
        answers=raw.get("answers", ""),
        paper=dict(raw.get("paper") or {}),
        sheet=dict(raw.get("sheet") or {}),
        leaves_facility=bool(raw.get("leaves_facility", False)),
        origin=origin,
    )
    _check_positions(form)
    _check_extracts(form)
    return form


def _section(raw: dict[str, Any], shared: Shared, where: str) -> Section:
    place = f"{where}.{raw.get('id', '?')}"
    fields = tuple(_field(f, shared, place) for f in shared.fields(_need(raw, "fields", place), place))
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
        part=str(raw.get("part", "")),
        show_if=str(raw.get("show_if", "")),
    )


def _field(raw: dict[str, Any], shared: Shared, place: str) -> Field:
    where = f"{place}.{raw.get('id', '?')}"
    kind = _one_of(_need(raw, "type", where), FIELD_TYPES, where + ".type")
    length = LONGTEXT_CHARACTERS_MAX if kind == "longtext" else TEXT_CHARACTERS_MAX
    columns = shared.fields(raw.get("columns", []), where)
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
        whole=bool(raw.get("whole", False)),
        length_max=raw.get("length_max", length),
        choices=tuple(_choice(c) for c in shared.choices(raw.get("choices", []), where)),
        multiple=bool(raw.get("multiple", False)),
        columns=tuple(_field(c, shared, where) for c in columns),
        rows=tuple(_choice(r) for r in raw.get("rows", [])),
        code_system=raw.get("code_system", ""),
        hint_vi=raw.get("hint_vi", ""),
        prefill=raw.get("prefill", ""),
        show_if=str(raw.get("show_if", "")),
        printed_item=str(raw.get("printed_item", "")),
        not_after_now=bool(raw.get("not_after_now", False)),
        may_precede_birth=bool(raw.get("may_precede_birth", False)),
        copy_forward=bool(raw.get("copy_forward", False)),
        added_by_us=bool(raw.get("added_by_us", False)),
        formula=_one_of(raw.get("formula", "sum"), FORMULAS, where + ".formula") if kind == "score" else "",
        of=tuple(raw.get("of", [])),
        partial=bool(raw.get("partial", False)),
        bands=tuple(_band(b) for b in raw.get("bands", [])),
        points=tuple(Interval(float(p.get("upto", math.inf)), float(p["points"])) for p in raw.get("points", [])),
        diagram=raw.get("diagram", ""),
        background=raw.get("background", ""),
        layout=_one_of(raw.get("layout", "rows"), TABLE_LAYOUTS, where + ".layout"),
        chart=dict(raw.get("chart") or {}),
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
        return Choice(str(raw["code"]), str(raw["label_vi"]), str(raw.get("label_en", "")), raw.get("points"))
    return Choice(str(raw), str(raw))


def _band(raw: dict[str, Any]) -> Band:
    return Band(float(raw["from"]), float(raw["to"]), str(raw["label_vi"]), str(raw.get("level", "ok")))


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
        part=str(raw.get("part", "")),
    )


def _check_positions(form: FormVersion) -> None:
    """A confirmation goes inside the file that the staff then sign, so it comes before every staff signature of its part."""
    _unique([p.id for p in form.positions], form.code, "signature")
    for part in {p.part for p in form.positions}:
        if part and part not in form.parts:
            raise FormBroken(f"{form.code}: chữ ký thuộc phần “{part}” nhưng không có phần nào như vậy")
        inside = [p for p in form.positions if p.part == part]
        staff = [p.order for p in inside if p.kind != "confirmation"]
        late = [p.id for p in inside if p.kind == "confirmation" and staff and p.order >= min(staff)]
        if late:
            raise FormBroken(
                f"{form.code}: xác nhận của người bệnh ({', '.join(late)}) phải đứng trước chữ ký nhân viên"
            )
    unsigned = [part for part in form.parts if form.positions and part not in {p.part for p in form.positions}]
    if unsigned:
        raise FormBroken(f"{form.code}: phần {', '.join(unsigned)} không có ai ký")


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
        inside = {f.id for f in (found.columns if found and found.type == "table" else section.fields)}
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
