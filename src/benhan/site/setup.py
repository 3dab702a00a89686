"""Setting up an empty house: facility, departments, authority, first administrator. Used by the wizard and by demo data."""

from __future__ import annotations

from dataclasses import dataclass

from benhan.access import services as access
from benhan.access.models import Account
from benhan.audit import services as audit
from benhan.facility import queries as facility_queries
from benhan.facility import services as facility
from benhan.facility.models import Facility
from benhan.kernel.errors import Conflict, FieldError, Invalid
from benhan.law import codes
from benhan.signing import certificates

DEPARTMENTS_OFFERED = ("K01", "K02", "K03", "K18", "K19", "K27", "K39", "K40")


@dataclass(frozen=True)
class FirstRun:
    """What the wizard asks."""

    name: str
    code: str
    governing_body: str
    address: str
    departments: tuple[tuple[str, str], ...]
    username: str
    password: str
    full_name: str


def first_run(answers: FirstRun) -> tuple[Facility, Account]:
    """Set the house up, once and whole: a fault anywhere leaves it empty."""
    if not answers.departments:
        raise Invalid([FieldError("departments", "required", "Chọn ít nhất một khoa, phòng")])
    with audit.unit_of_work("site.first_run"):
        if facility_queries.facility_or_none() is not None:
            raise Conflict("Cơ sở đã được khai báo", code="already_set_up")
        place = facility.set_up(
            name=answers.name, code=answers.code, governing_body=answers.governing_body, address=answers.address
        )
        for code, name in answers.departments:
            facility.add_department(code=code, name=name, kind=kind_of(code))
        certificates.set_up_authority(place)
        account = access.add_account(
            username=answers.username,
            password=answers.password,
            display_name=answers.full_name,
            must_change_password=False,
        )
        access.assign_role(account, "administrator")
        audit.record("site.first_run", object_type="facility", object_id=place.code)
    return place, account


def first_run_of_authority(answers: FirstRun) -> tuple[Facility, Account]:
    """Set a health department up: its name, one office, the first account, who both reads the board and keeps the accounts."""
    with audit.unit_of_work("site.first_run"):
        if facility_queries.facility_or_none() is not None:
            raise Conflict("Cơ quan đã được khai báo", code="already_set_up")
        place = facility.set_up(
            name=answers.name, code=answers.code, governing_body=answers.governing_body, address=answers.address
        )
        facility.add_department(code="SYT", name="Phòng Nghiệp vụ", kind="office")
        account = access.add_account(
            username=answers.username,
            password=answers.password,
            display_name=answers.full_name,
            must_change_password=False,
        )
        for role in ("administrator", "authority"):
            access.assign_role(account, role)
        audit.record("site.first_run", object_type="facility", object_id=place.code)
    return place, account


def kind_of(code: str) -> str:
    """Clinical, paraclinical or office, from the ministry's department code (QĐ 5937 PL5)."""
    if code in {"K37", "K38", "K39", "K40", "K41", "K42", "K43", "K44", "K45", "K46"}:
        return "paraclinical"
    return "clinical" if code.startswith("K") else "office"


def offered_departments() -> list[tuple[str, str]]:
    """The ministry's list of departments, the common ones first. Codes whose name the list does not tell are not
    offered: nobody can choose a box without words."""
    rows = [(c.code, c.name_vi) for c in codes.entries("departments") if c.name_vi]
    return sorted(rows, key=lambda r: (r[0] not in DEPARTMENTS_OFFERED, r[0]))
