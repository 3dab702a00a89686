"""Verbs of the place. Permissions are asked by the rooms that offer these verbs to people (site)."""

from __future__ import annotations

import re
from typing import Any

from benhan.audit import services as audit
from benhan.facility.columns import too_long
from benhan.facility.models import Department, Facility, Setting, Staff
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, FieldError, Invalid
from benhan.kernel.text import clean_line

FACILITY_CODE = re.compile(r"^[0-9A-Z]{5}$")


def set_up(
    *,
    name: str,
    code: str,
    governing_body: str = "",
    address: str = "",
    phone: str = "",
    gln: str = "",
    is_demo: bool = False,
) -> Facility:
    """Name the facility, once. The code has 5 characters (R-108)."""
    errors = []
    if not clean_line(name):
        errors.append(FieldError("name", "required", "Nhập tên cơ sở khám bệnh, chữa bệnh"))
    if not FACILITY_CODE.match(code.strip().upper()):
        errors.append(FieldError("code", "format", "Mã cơ sở gồm đúng 5 chữ số hoặc chữ cái, ví dụ 87001"))
    errors += too_long(Facility, {"name": name, "governing_body": governing_body, "address": address, "phone": phone})
    if gln and not re.fullmatch(r"\d{13}", gln):
        errors.append(FieldError("gln", "format", "Mã GLN gồm 13 chữ số, hoặc để trống"))
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work():
        if Facility.objects.exists():
            raise Conflict("Cơ sở đã được khai báo", code="already_set_up")
        place = Facility.objects.create(
            name=clean_line(name),
            code=code.strip().upper(),
            governing_body=clean_line(governing_body),
            address=clean_line(address),
            phone=clean_line(phone),
            gln=gln,
            is_demo=is_demo,
            created_at=clock.now(),
        )
        audit.record("facility.set_up", object_type="facility", object_id=place.code)
    return place


def rename(place: Facility, *, name: str, governing_body: str, address: str, phone: str) -> Facility:
    """Change what the facility is called and where it is. The code stays; papers already written keep the old name; the
    seal needs a new certificate (signing.certificates.renew_seal)."""
    if not clean_line(name):
        raise Invalid([FieldError("name", "required", "Nhập tên cơ sở khám bệnh, chữa bệnh")])
    with audit.unit_of_work("facility.rename"):
        fresh = Facility.objects.select_for_update().get(pk=place.pk)
        fresh.name, fresh.governing_body = clean_line(name), clean_line(governing_body)
        fresh.address, fresh.phone = clean_line(address), clean_line(phone)
        fresh.save(update_fields=["name", "governing_body", "address", "phone"])
        audit.record("facility.rename", object_type="facility", object_id=fresh.code)
    return fresh


def add_department(*, code: str, name: str, kind: str = "clinical") -> Department:
    """Add a department."""
    values = {"code": clean_line(code), "name": clean_line(name)}
    errors = [FieldError(k, "required", "Nhập mã và tên khoa, phòng") for k, v in values.items() if not v]
    errors += too_long(Department, values)
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work():
        if Department.objects.filter(code=values["code"]).exists():
            raise Conflict(f"Đã có khoa mang mã {values['code']}", code="department_exists")
        department = Department.objects.create(**values, kind=kind)
        audit.record("facility.department.add", object_type="department", object_id=str(department.pk))
    return department


def add_staff(
    *,
    full_name: str,
    job_title: str,
    position: str,
    department: Department | None,
    licence_number: str = "",
    licence_scope: str = "",
    phone: str = "",
    source: str = "",
) -> Staff:
    """Add a person to the staff register (REC-26)."""
    errors = []
    if not clean_line(full_name):
        errors.append(FieldError("full_name", "required", "Nhập họ tên nhân viên"))
    if not clean_line(position):
        errors.append(FieldError("position", "required", "Chọn vị trí việc làm"))
    values = {
        "full_name": clean_line(full_name),
        "job_title": clean_line(job_title),
        "position": clean_line(position),
        "licence_number": clean_line(licence_number),
        "licence_scope": clean_line(licence_scope),
        "phone": clean_line(phone),
    }
    errors += too_long(Staff, values)
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work():
        person = Staff.objects.create(**values, department=department, from_date=clock.today(), source=source)
        audit.record("facility.staff.add", object_type="staff", object_id=str(person.pk))
    return person


def set_setting(key: str, value: Any, *, by: str) -> None:
    """Set a rule of the facility (quy chế)."""
    with audit.unit_of_work():
        Setting.objects.update_or_create(
            key=key, defaults={"value": value, "changed_at": clock.now(), "changed_by": by}
        )
        audit.record("facility.setting.set", object_type="setting", object_id=key)
