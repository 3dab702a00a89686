"""The file of one record: from patient, stay, projections and what the forms say. Every value is text; absent is empty."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from benhan.clinical.models import ClinicalFact
from benhan.exchange.cv365.model import Model, complete, put
from benhan.exchange.cv365.schema import FOLDER, GROUPS, JOIN, schema
from benhan.forms.definition import Field, FormVersion
from benhan.forms.extract import extract
from benhan.kernel import clock
from benhan.kernel.text import clean
from benhan.law import codes, registry
from benhan.patients import queries as patients
from benhan.patients.models import SEXES, Patient
from benhan.records.models import DepartmentStay, Document, DocumentVersion, MedicalRecord
from benhan.records.services import content_of

IMAGING = ("xray", "ct_", "mri", "ultrasound", "ecg", "eeg", "endoscopy", "imaging")
VITALS = {
    "8867-4": ("mach", "mach"),
    "8310-5": ("nhietdo", "nhietdo"),
    "9279-1": ("nhiptho", "nhiptho"),
    "8480-6": ("huyetap_tamthu", "huyetap_cao"),
    "8462-4": ("huyetap_tamtruong", "huyetap_thap"),
    "29463-7": ("cannang", "cannang"),
    "8302-2": ("chieucao", "chieucao"),
    "59408-5": ("spo2", ""),
}


@dataclass(frozen=True)
class Mapped:
    """A field of certain forms that becomes an element; the lower priority number wins."""

    field: str
    groups: tuple[str, ...]
    element: str
    priority: int


@cache
def mapping() -> tuple[Mapped, ...]:
    """The law's mapping of field names to elements, best first."""
    with (FOLDER / "mapping.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Mapped(r["field"], tuple(r["groups"].split()), r["element"], int(r["priority"]))
            for r in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda m: m.priority))


def day(value: date | None) -> str:
    """A date of the annex."""
    return f"{value:%d/%m/%Y}" if value else ""


def moment(value: datetime | None) -> str:
    """A moment of the annex, on the facility's clock, with milliseconds."""
    if value is None:
        return ""
    local = clock.local(value)
    return f"{local:%d/%m/%Y %H:%M:%S}.{local.microsecond // 1000:03d}"


@dataclass(frozen=True)
class Paper:
    """A document with its newest version, opened once."""

    document: Document
    form: FormVersion
    content: dict[str, Any]


def model_of(record: MedicalRecord) -> Model:
    """The complete model of a record as it stands. Papers that were cancelled say nothing."""
    papers = _papers(record)
    facts = list(ClinicalFact.objects.filter(record_id=record.pk).order_by("clinical_at", "pk"))
    model: Model = {"ThongTinBenhNhan": _patient(record), "ThongTinVaoVien": {}, "ThongTinDieuTri": {}}
    for paper in papers:
        _by_extracts(model, paper)
    _by_mapping(model, papers)
    _admission(model, record, facts)
    _treatment(model, record, facts)
    _sheets(model, papers, facts, record)
    number = _admission_number(record)
    for name in GROUPS:
        if JOIN in schema()[name].children:
            model.setdefault(name, {})[JOIN] = number
    return complete(_tidy(model))


def _admission_number(record: MedicalRecord) -> str:
    """An outpatient course has no admission number of its own; its record number joins the groups."""
    return record.admission_number or record.record_number


def _tidy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _tidy(v) for k, v in value.items()}
    return [_tidy(v) for v in value] if isinstance(value, list) else clean(str(value)).strip()


def _papers(record: MedicalRecord) -> list[Paper]:
    rows = list(Document.objects.filter(record=record, document_state="active").order_by("clinical_at", "order_no"))
    newest: dict[Any, DocumentVersion] = {}
    for version in DocumentVersion.objects.filter(document__in=rows).order_by("version_no"):
        newest[version.document_id] = version
    return [
        Paper(d, registry.form_version(v.form_code, v.form_valid_from), content_of(v))
        for d in rows
        if (v := newest.get(d.pk)) is not None
    ]


def _patient(record: MedicalRecord) -> dict[str, Any]:
    person, stay = record.person, record.encounter
    kind = registry.record_types().get(record.record_type, {})
    relatives = patients.representatives(person)
    return {
        "loaiba": kind.get("official_number") or record.record_type,
        "soba": record.record_number,
        "soluutru": record.archive_number or "",
        "makhoa": record.department.code if record.department else "",
        "tenkhoa": record.department.name if record.department else "",
        "thoigianvaovien": moment(record.opened_at),
        "mabenhnhan": person.patient_number,
        "buong": stay.room,
        "giuong": stay.bed,
        "cccd_so": patients.identifier_value(person, "citizen_id"),
        "hochieu_so": patients.identifier_value(person, "passport"),
        "hoten": person.full_name,
        "ngaysinh": day(person.birth_date) if person.birth_precision == "day" else "",
        "tuoi": _age(person, record.opened_at),
        "gioitinh": SEXES.get(person.sex, "") if person.sex in ("1", "2") else "",
        **_named("nghenghiep", "nghe_nghiep", person.occupation),
        **_named("dantoc", "dan_toc", person.ethnicity),
        "ngoaikieu_ma": person.nationality if person.nationality != "000" else "",
        "mabhyt": patients.identifier_value(person, "insurance_card"),
        "diachi": person.address_line,
        "tinhthanh_ma": person.province_code,
        "noilamviec": person.workplace,
        "sodienthoai": person.phone,
        "nhommau": person.blood_group.rstrip("+-"),
        "yeutorh": person.blood_group[-1:] if person.blood_group[-1:] in ("+", "-") else "",
        "hotennguoithan": relatives[0].full_name if relatives else "",
        "sodienthoainguoithan": relatives[0].phone if relatives else "",
        "lydotiepnhan": stay.reason,
    }


def _age(person: Patient, at: datetime) -> str:
    if person.birth_date is None:
        return ""
    on, born = clock.day_of(at), person.birth_date
    return str(max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day))))


def _named(name: str, system: str, code: str) -> dict[str, str]:
    return {name: codes.name(system, code) if code else "", f"{name}_ma": code}


def _by_extracts(model: Model, paper: Paper) -> None:
    """What a form itself says (`kind: cv365`); elements of a list gather in one row a paper."""
    rows: dict[str, dict[str, Any]] = {}
    for found in extract(paper.form, paper.content):
        if found.kind != "cv365" or found.value in (None, "", []):
            continue
        group, _, rest = found.code.partition(".")
        if rest.startswith("danhsach[]."):
            if group not in rows:
                rows[group] = {"sophieu": f"{paper.document.order_no}"}
                model.setdefault(group, {}).setdefault("danhsach", []).append(rows[group])
            put(model, found.code, _words(found.value), rows[group])
        else:
            put(model, found.code, _words(found.value))


def _by_mapping(model: Model, papers: list[Paper]) -> None:
    for mapped in mapping():
        for paper in papers:
            if paper.form.group not in mapped.groups:
                continue
            for section in paper.form.sections:
                held = paper.content.get(section.id)
                for one in section.fields:
                    if one.id == mapped.field and isinstance(held, dict) and held.get(one.id) not in (None, "", []):
                        put(model, mapped.element, _said(one, held[one.id], mapped.element))


def _said(one: Field, value: Any, element: str) -> str:
    """A value in words; a date as the annex writes it."""
    if one.type == "date" and isinstance(value, str):
        return day(date.fromisoformat(value))
    if one.type == "datetime" and isinstance(value, str):
        return moment(datetime.fromisoformat(value))
    names = {str(choice.code): choice.label_vi for choice in one.choices}
    if isinstance(value, list):
        return "; ".join(names.get(str(v), _words(v)) for v in value)
    return names.get(str(value), _words(value))


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(_words(v) for v in value.values() if v not in (None, "", []))
    if isinstance(value, list):
        return "; ".join(_words(v) for v in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _first(facts: list[ClinicalFact], kind: str, *roles: str) -> ClinicalFact | None:
    for role in roles:
        for fact in facts:
            if fact.kind == kind and fact.role == role and (fact.display or fact.code):
                return fact
    return None


def _last(facts: list[ClinicalFact], kind: str, *roles: str) -> ClinicalFact | None:
    return _first(facts[::-1], kind, *roles)


def _admission(model: Model, record: MedicalRecord, facts: list[ClinicalFact]) -> None:
    here = model["ThongTinVaoVien"]
    attending = record.attending
    admitted, referred = _first(facts, "condition", "admission", "working"), _first(facts, "condition", "referral")
    given = {
        "sophieu": record.record_number,
        "phongkham": record.department.name if record.department else "",
        "maphongkham": record.department.code if record.department else "",
        "bacsikhambenh": attending.full_name if attending else "",
        "mabacsikhambenh": attending.licence_number if attending else "",
        "lydovaovien": record.encounter.reason,
        "denkhambenhluc": moment(record.encounter.started_at),
        "dieutritaikhoa": record.department.name if record.department else "",
        "madieutritaikhoa": record.department.code if record.department else "",
        "chuky_hoten": attending.full_name if attending else "",
        "chandoanvaovien": admitted.display if admitted else "",
        "chandoansobo": admitted.display if admitted else "",
        "khambenh_chandoanvaovienmaicd": admitted.code if admitted else "",
        "chandoancuanoigioithieu": referred.display if referred else "",
    }
    for fact in facts:
        if fact.kind == "observation" and fact.code in VITALS and fact.number_value is not None:
            given.setdefault(VITALS[fact.code][0], _words(fact.number_value))
    for name, value in given.items():
        if not here.get(name):
            here[name] = value


def _treatment(model: Model, record: MedicalRecord, facts: list[ClinicalFact]) -> None:
    here, stay, attending = model["ThongTinDieuTri"], record.encounter, record.attending
    main = _last(facts, "condition", "main") or _last(facts, "condition", "working", "ward", "admission")
    others = [f for f in facts if f.kind == "condition" and f.role == "comorbidity"]
    stays = list(DepartmentStay.objects.filter(encounter=stay).select_related("department").order_by("from_at"))
    ended = stay.ended_at
    days = (clock.day_of(ended) - clock.day_of(stay.started_at)).days + 1 if ended else None
    here.update(
        {
            "bacsidieutri": attending.full_name if attending else "",
            "bacsidieutri_ma": attending.licence_number if attending else "",
            "khoadieutri_ma": record.department.code if record.department else "",
            "khoadieutri": record.department.name if record.department else "",
            "giuong": stay.bed,
            "khoavaovien_ma": stays[0].department.code if stays else "",
            "khoavaovien": stays[0].department.name if stays else "",
            "ngaynhapkhoa": moment(stays[-1].from_at) if stays else "",
            "ngayravien": day(clock.day_of(ended)) if ended else "",
            "songaydieutri": str(days) if days else "",
            "tongsongaydieutri": str(days) if days else "",
            "chandoan": main.display if main else "",
            "chandoan_ma": main.code if main else "",
            "maicd": main.code if main else "",
            "tenicd": (codes.name("icd10", main.code) if main and main.code else "")[:255],
            "maicd_khac": _joined([f.code for f in others], 100),
            "tenicd_khac": "; ".join(dict.fromkeys(f.display for f in others if f.display)),
            "danhsachchuyenkhoa": [
                {"khoa": s.department.name, "tungay": moment(s.from_at), "denngay": moment(s.to_at)} for s in stays
            ],
            "danhsachsinhhieu": _vitals(facts),
        }
    )
    admitted = _first(facts, "condition", "admission")
    here.setdefault("chandoanvaovien", admitted.display if admitted else "")
    here.setdefault("chandoanvaovien_ma", admitted.code if admitted else "")
    end = here.setdefault("tinhtrangravien", {})
    end["ketquadieutri"] = codes.name("ket_qua_dtri", stay.discharge_result) if stay.discharge_result else ""


def _joined(found: list[str], room: int) -> str:
    """Codes with semicolons, as many whole ones as there is room for."""
    said = ""
    for code in dict.fromkeys(c for c in found if c):
        longer = f"{said};{code}" if said else code
        if len(longer) > room:
            break
        said = longer
    return said


def _vitals(facts: list[ClinicalFact]) -> list[dict[str, str]]:
    rows: dict[datetime, dict[str, str]] = {}
    for fact in facts:
        if (
            fact.kind == "observation"
            and fact.code in VITALS
            and VITALS[fact.code][1]
            and fact.number_value is not None
        ):
            row = rows.setdefault(fact.clinical_at, {"thoidiem": moment(fact.clinical_at)})
            row.setdefault(VITALS[fact.code][1], _words(fact.number_value))
    return [rows[at] for at in sorted(rows)]


def _sheets(model: Model, papers: list[Paper], facts: list[ClinicalFact], record: MedicalRecord) -> None:
    """Orders, requests and results, one sheet a paper."""
    by_paper: dict[Any, list[ClinicalFact]] = {}
    for fact in facts:
        by_paper.setdefault(fact.document_id, []).append(fact)
    for paper in papers:
        found = by_paper.get(paper.document.pk, [])
        drugs = [f for f in found if f.kind == "medication" and f.display]
        asked = [f for f in found if f.kind == "service_request" and (f.display or f.text_value)]
        told = [f for f in found if f.kind == "result"]
        if drugs:
            _add(model, "YLenhThuocVatTu", _orders(paper, [_drug(f, paper) for f in drugs]))
        if asked:
            _add(model, "PhieuChiDinh", _orders(paper, [_request(f, paper) for f in asked]))
        if told and paper.document.form_code.startswith(IMAGING):
            _add(model, "KetQuaChanDoanHinhAnh", _imaging(paper))
        elif told:
            _add(model, "KetQuaXetNghiem", _results(paper, told, record))


def _add(model: Model, group: str, row: dict[str, Any]) -> None:
    model.setdefault(group, {}).setdefault("danhsach", []).append(row)


def _orders(paper: Paper, lines: list[dict[str, str]]) -> dict[str, Any]:
    author = paper.document.author
    return {
        "sophieu": str(paper.document.order_no),
        "bacsichidinh": paper.document.author_name,
        "mabacsichidinh": author.licence_number if author else "",
        "danhsach": lines,
    }


def _drug(fact: ClinicalFact, paper: Paper) -> dict[str, str]:
    return {
        "tenthuocvattu": fact.display,
        "mathuocvattu_bv": fact.code,
        "soluongthuocvattu": _words(fact.number_value) if fact.number_value is not None else fact.text_value,
        "donvitinh": fact.unit,
        "ngaykedonthuoc": day(clock.day_of(paper.document.clinical_at)),
    }


def _request(fact: ClinicalFact, paper: Paper) -> dict[str, str]:
    return {
        "tenchidinh": fact.text_value or fact.display,
        "machidinh": fact.code,
        "ngaychidinh": day(clock.day_of(paper.document.clinical_at)),
        "loaichidinh": fact.role,
        "soluong": "1",
    }


def _imaging(paper: Paper) -> dict[str, str]:
    result = paper.content.get("result")
    told = result if isinstance(result, dict) else {}
    return {
        "sophieu": str(paper.document.order_no),
        "bacsithuchien": paper.document.author_name,
        "ngayketqua": moment(paper.document.clinical_at),
        "tenchidinh": paper.document.title,
        "kqcls_mota": _words(told.get("description")),
        "kqcls_ketluan": _words(told.get("conclusion")),
        "kqcls_denghi": _words(told.get("recommendation")),
        "kqcls_linkhinhanh": _words(told.get("study")),
    }


def _results(paper: Paper, told: list[ClinicalFact], record: MedicalRecord) -> dict[str, Any]:
    return {
        "sophieu": str(paper.document.order_no),
        "khoa": record.department.name if record.department else "",
        "nguoithuchienxetnghiem": paper.document.author_name,
        "ghichu": "; ".join(f.text_value for f in told if f.role == "conclusion" and f.text_value),
        "danhsach": [
            {
                "pkqxn_tenxetnghiem": f.display,
                "machiso": f.code,
                "ketqua": _words(f.number_value) if f.number_value is not None else f.text_value,
                "donvi": f.unit,
            }
            for f in told
            if f.role != "conclusion"
        ],
    }
