"""Taking a file in from another system: read, judged, kept as it came, its record shown as an imported paper."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from benhan.access import gate
from benhan.access.actors import Actor
from benhan.audit import services as audit
from benhan.exchange.bhyt import document as episode_form
from benhan.exchange.cv365 import reader, validate
from benhan.exchange.cv365.model import Model
from benhan.exchange.cv365.models import Arrival as Came
from benhan.exchange.cv365.reader import Fault
from benhan.exchange.cv365.schema import GROUPS
from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.kernel.errors import FieldError, Invalid
from benhan.kernel.text import clean_line, fold
from benhan.law import codes
from benhan.patients.importing import Arrival, match_or_register
from benhan.patients.models import Patient
from benhan.patients.services import Person
from benhan.records import importing
from benhan.records import queries as records

SYSTEM = "cv365"
ZONE = ZoneInfo(clock.FACILITY_ZONE_DEFAULT)
SEX_CODES = {"nam": "1", "nữ": "2"}
VALUE_MAX = 20_000
LINES_MAX = 500


def take(data: bytes, name: str, *, facility_code: str, actor: Actor) -> Came:
    """Take one file. It is kept word for word whatever the answer; with a fault nothing of it becomes a record. The same file again
    changes nothing; another file of the same stay becomes a new version."""
    gate.require(actor, "cv365.import.run")
    facility.require_real()
    facility_code = clean_line(facility_code)
    if len(facility_code) != 5 or not facility_code.isalnum():
        raise Invalid([FieldError("facility_code", "code", "Ghi mã cơ sở gửi (5 ký tự): tệp không tự nói do ai gửi")])
    if not data:
        raise Invalid([FieldError("file", "empty", "Tệp trống")])
    if len(data) > reader.BYTES_MAX:
        raise Invalid([FieldError("file", "too_big", f"Tệp lớn hơn {reader.BYTES_MAX // 1024**2} MB")])
    digest = records.files().put(data)
    found = reader.read(data)
    faults = list(found.faults) or validate.faults(found.model)
    if not faults:
        faults = _not_usable(found.model)
    if faults:
        return _refuse(name, facility_code, digest, faults, actor, found.model)
    return _store(found.model, name, digest, facility_code, actor)


def _not_usable(model: Model) -> list[Fault]:
    """What a record cannot do without here."""
    started = validate.moment_of(model["ThongTinBenhNhan"]["thoigianvaovien"])
    started = started or validate.moment_of(model["ThongTinVaoVien"]["denkhambenhluc"])
    if started is None:
        return [Fault("ThongTinBenhNhan.thoigianvaovien", "required", "Thiếu thời gian vào viện (hoặc đến khám)")]
    if started.replace(tzinfo=ZONE) > clock.now():
        return [Fault("ThongTinBenhNhan.thoigianvaovien", "future", "Thời gian vào viện ở tương lai")]
    return []


def _row(name: str, facility_code: str, digest: str, actor: Actor, **more: Any) -> Came:
    return Came.objects.create(
        source=clean_line(name)[-255:],
        facility_code=facility_code,
        stored_as=digest,
        came_at=clock.now(),
        by_name=actor.full_name or actor.username,
        **more,
    )


def _refuse(name: str, facility_code: str, digest: str, faults: list[Fault], actor: Actor, model: Model) -> Came:
    with audit.unit_of_work("cv365.import.run"):
        row = _row(
            name,
            facility_code,
            digest,
            actor,
            result="refused",
            faults=json.dumps([asdict(f) for f in faults], ensure_ascii=False),
        )
        audit.record(
            "cv365.import.run",
            outcome="refused",
            reason=faults[0].code,
            object_type="arrival",
            object_id=str(row.pk),
            detail={"faults": len(faults), "sha256": digest},
        )
    return row


def _store(model: Model, name: str, digest: str, facility_code: str, actor: Actor) -> Came:
    admission = model["ThongTinBenhNhan"]["sovaovien"][:60]
    with audit.unit_of_work("cv365.import.run"):
        _one_at_a_time(facility_code, admission)
        before = Came.objects.filter(facility_code=facility_code, admission=admission, result="taken").first()
        if (
            before is not None
            and Came.objects.filter(
                facility_code=facility_code, admission=admission, stored_as=digest, result="taken"
            ).exists()
        ):
            return _row(name, facility_code, digest, actor, result="same", admission=admission, record=before.record)
        patient = match_or_register([_arrival(model, facility_code)], source=SYSTEM)[0]
        held = before.record.person if before is not None and before.record is not None else patient
        if (
            _is_other_person(model, patient) or held.pk != patient.pk
        ):  # nobody's page may land in somebody else's record
            said = "Số này đang thuộc người có họ tên và ngày sinh khác; kiểm tra ở nơi gửi"
            return _refuse(name, facility_code, digest, [Fault("ThongTinBenhNhan", "other_person", said)], actor, model)
        arrived = _arrived(model, patient, name, digest, facility_code)
        if before is not None and before.document_id is not None:
            taken = importing.import_again(before.document_id, arrived, system=SYSTEM, facility_code=facility_code)
        else:
            taken = importing.import_batch(
                [arrived], system=SYSTEM, form_code=episode_form.FORM, facility_code=facility_code
            )[0]
        row = _row(
            name,
            facility_code,
            digest,
            actor,
            result="taken",
            admission=admission,
            record_id=taken.record_id,
            document_id=taken.document_id,
        )
        audit.record(
            "cv365.import.run",
            patient_id=patient.pk,
            record_id=taken.record_id,
            object_type="arrival",
            object_id=str(row.pk),
            detail={"sha256": digest},
        )
    return row


def _one_at_a_time(facility_code: str, admission: str) -> None:
    """Two uploads of one stay at once: one after the other (SQLite writes one at a time anyhow)."""
    if connection.vendor == "postgresql":
        key = int.from_bytes(
            hashlib.sha256(f"cv365:{facility_code}:{admission}".encode()).digest()[:8], "big", signed=True
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _is_other_person(model: Model, patient: Patient) -> bool:
    given = model["ThongTinBenhNhan"]
    return fold(given["hoten"]) != patient.name_folded and validate.day_of(given["ngaysinh"]) != patient.birth_date


def _arrival(model: Model, facility_code: str) -> Arrival:
    given = model["ThongTinBenhNhan"]
    born = validate.day_of(given["ngaysinh"])
    number = given["cccd_so"] if len(given["cccd_so"]) == 12 else ""
    person = Person(
        clean_line(given["hoten"])[:255],
        born if born and born <= clock.today() else None,
        "day" if born else "unknown",
        SEX_CODES.get(given["gioitinh"].strip().lower(), "3"),
        given["sodienthoai"][:20],
        given["diachi"][:500],
        ethnicity=given["dantoc_ma"] if codes.is_known("dan_toc", given["dantoc_ma"]) else "",
        occupation=given["nghenghiep_ma"] if codes.is_known("nghe_nghiep", given["nghenghiep_ma"]) else "",
    )
    external = f"{facility_code}-{given['mabenhnhan'] or given['sovaovien']}"
    return Arrival(person, external[:60], number, given["mabhyt"][:60])


def _at(text: str) -> datetime | None:
    local = validate.moment_of(text)
    return local.replace(tzinfo=ZONE) if local else None


def _arrived(model: Model, patient: Patient, name: str, digest: str, facility_code: str) -> importing.Arrived:
    given, came, treated = (model[g] for g in GROUPS[:3])
    started = _at(given["thoigianvaovien"]) or _at(came["denkhambenhluc"])
    assert started is not None  # asked before
    left = validate.day_of(treated["ngayravien"])
    ended = datetime(left.year, left.month, left.day, 12, tzinfo=ZONE) if left else None
    return importing.Arrived(
        patient=patient,
        kind="inpatient" if treated["giuong"] or given["giuong"] else "outpatient",
        department_code=given["makhoa"],
        started_at=started,
        ended_at=max(ended, started) if ended else None,
        reason=came["lydovaovien"],
        discharge_result="",
        discharge_type="",
        link_code=f"{facility_code}:{given['sovaovien']}"[:100],
        content=content_of(model, name, digest),
        source_file=clean_line(name)[-255:],
        source_sha256=digest,
    )


def _iso(text: str) -> str:
    at = _at(text)
    return at.isoformat() if at else ""


def _iso_day(text: str) -> str:
    found: date | None = validate.day_of(text)
    return datetime(found.year, found.month, found.day, tzinfo=ZONE).isoformat() if found else ""


def content_of(model: Model, name: str, digest: str) -> dict[str, Any]:
    """The model as the content of the imported paper. What has no place of its own stands word for word under `others`."""
    given, came, treated = (model[g] for g in GROUPS[:3])
    content: dict[str, Any] = {
        "source": {"link_code": given["sovaovien"][:100], "file": name[-255:], "sha256": digest, "tables": "HoSoBenhAn CV 365"},
        "patient": {
            "full_name": given["hoten"],
            "birth": given["ngaysinh"],
            "sex": SEX_CODES.get(given["gioitinh"].strip().lower(), ""),
            "patient_code": given["mabenhnhan"],
            "citizen_id": given["cccd_so"],
            "insurance_card": given["mabhyt"],
            "address": given["diachi"][:500],
            "phone": given["sodienthoai"],
        },
        "encounter": {
            "department": given["tenkhoa"] or given["makhoa"],
            "started_at": _iso(given["thoigianvaovien"]) or _iso(came["denkhambenhluc"]),
            "ended_at": _iso_day(treated["ngayravien"]),
            "reason": came["lydovaovien"],
            "admission_diagnosis": came["chandoanvaovien"],
            "discharge_diagnosis": treated["chandoan"],
            "main_icd": treated["maicd"],
            "other_icd": treated["maicd_khac"],
            "treatment": treated["huongdieutri"],
            "record_code": given["soba"],
        },
        "diagnoses": [
            *([{"role": "main", "icd": treated["maicd"], "name": treated["chandoan"][:500]}] if treated["maicd"] else []),
            *({"role": "other", "icd": c.strip()} for c in treated["maicd_khac"].split(";") if c.strip()),
        ],
        "drugs": _drugs(model),
        "services": _services(model),
        "results": _results(model),
        "summary": {"course": treated["tomtat"], "note": treated["tinhtrangravien"]["loidanbacsi"]},
        "others": _others(model),
    }  # fmt: skip
    for section in ("drugs", "services", "results", "others"):
        content[section] = content[section][:LINES_MAX]
    told = {
        k: {n: v for n, v in s.items() if v} if isinstance(s, dict) else [{n: v for n, v in r.items() if v} for r in s]
        for k, s in content.items()
    }
    return {k: v for k, v in told.items() if v}


def _drugs(model: Model) -> list[dict[str, str]]:
    return [
        {
            "code": line["mathuocvattu_byt"] or line["mathuocvattu_bv"],
            "name": line["tenthuocvattu"],
            "unit": line["donvitinh"],
            "quantity": line["soluongthuocvattu"],
            "use": line["cachdung"],
            "ordered_at": _iso_day(line["ngaykedonthuoc"]),
            "doctor": sheet["bacsichidinh"],
        }
        for sheet in model["YLenhThuocVatTu"]["danhsach"]
        for line in sheet["danhsach"]
    ]


def _services(model: Model) -> list[dict[str, str]]:
    return [
        {
            "code": line["machidinh"],
            "name": line["tenchidinh"],
            "quantity": line["soluong"],
            "ordered_at": _iso_day(line["ngaychidinh"]),
            "doctor": sheet["bacsichidinh"],
        }
        for sheet in model["PhieuChiDinh"]["danhsach"]
        for line in sheet["danhsach"]
    ]


def _results(model: Model) -> list[dict[str, str]]:
    tests = [
        {"code": line["machiso"], "name": line["pkqxn_tenxetnghiem"], "value": line["ketqua"], "unit": line["donvi"]}
        for sheet in model["KetQuaXetNghiem"]["danhsach"]
        for line in sheet["danhsach"]
    ]
    images = [
        {
            "code": sheet["machidinh"],
            "name": sheet["tenchidinh"],
            "description": sheet["kqcls_mota"],
            "conclusion": sheet["kqcls_ketluan"],
            "at": _iso(sheet["ngayketqua"]),
            "doctor": sheet["bacsithuchien"],
        }
        for sheet in model["KetQuaChanDoanHinhAnh"]["danhsach"]
    ]
    return [*tests, *images]


SHOWN = frozenset({"YLenhThuocVatTu", "PhieuChiDinh", "KetQuaXetNghiem", "KetQuaChanDoanHinhAnh"})


def _others(model: Model) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []

    def walk(group: str, place: str, row: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(group, f"{place}.{name}".lstrip("."), row, inner)
        elif isinstance(value, list):
            for number, inner in enumerate(value, 1):
                walk(group, place, str(number), inner)
        elif value:
            rows.append({"table": group, "row": row, "field": place, "value": value[:VALUE_MAX]})

    for group in GROUPS:
        if group not in SHOWN:
            walk(group, "", "1", model[group])
    return rows
