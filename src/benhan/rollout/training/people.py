"""People of the real house who practise under their own user names: told by the real house, taken over by the practice house.

Certificates, PINs and patients never go this way. A password goes as its hash, so that nobody can practise as somebody else."""

from __future__ import annotations

import secrets
from typing import Any

from benhan.access import services as access
from benhan.access.models import Account
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import Department, Staff
from benhan.kernel import clock
from benhan.rollout.training import cases
from benhan.rollout.training.house import CODE, MARK, require_practice, require_real
from benhan.rollout.training.models import PracticeHouse
from benhan.signing import certificates

NAME_MAX = 255


def told() -> dict[str, Any] | None:
    """Facility, departments and accounts of the real house; None before its first run."""
    require_real()
    place = facility.facility_or_none()
    if place is None:
        return None
    accounts = Account.objects.select_related("staff__department").prefetch_related("assignments__department")
    return {
        "facility": {"code": place.code, "name": place.name, "governing_body": place.governing_body},
        "departments": [{"code": d.code, "name": d.name, "kind": d.kind} for d in facility.departments()],
        "people": [_person(a) for a in accounts.order_by("username")],
    }


def _person(account: Account) -> dict[str, Any]:
    staff = account.staff
    return {
        "username": account.username,
        "password": account.password,
        "is_active": account.is_active,
        "display_name": account.display_name,
        "staff": None
        if staff is None
        else {
            "full_name": staff.full_name,
            "job_title": staff.job_title,
            "position": staff.position,
            "licence_number": staff.licence_number,
            "department": staff.department.code if staff.department else "",
        },
        "roles": [[a.role, a.department.code if a.department else ""] for a in account.assignments.all()],
    }


def take(given: dict[str, Any]) -> int:
    """Make the practice house, or bring it up to date with the people of the real one. Returns how many may practise.

    Accounts made here while practising stay. Safe to run again."""
    require_practice()
    with audit.unit_of_work("training.people.take"):
        _place(given["facility"])
        known = {d.code: d for d in Department.objects.all()}
        for line in given["departments"]:
            if line["code"] not in known:
                known[line["code"]] = places.add_department(**line)
        count = sum(_take(line, known) for line in given["people"])
        audit.record("training.people.take", detail={"people": count})
    cases.instructors()
    return count


def _place(line: dict[str, str]) -> None:
    """The practice house with a name that says so on every paper, a code nobody has, and an authority of its own."""
    PracticeHouse.objects.get_or_create(
        pk=1, defaults={"facility_code": line["code"], "facility_name": line["name"], "made_at": clock.now()}
    )
    if facility.facility_or_none() is not None:
        return
    mark = f" ({MARK})"
    place = places.set_up(
        name=line["name"][: NAME_MAX - len(mark)] + mark,
        code=CODE,
        governing_body=line["governing_body"],
        is_demo=True,
    )
    certificates.set_up_authority(place)


def _take(line: dict[str, Any], known: dict[str, Department]) -> bool:
    """One account as it is in the real house now. True when it may log in."""
    account = Account.objects.select_related("staff").filter(username=line["username"]).first()
    staff = _staff(line["staff"], account, known)
    if account is None:
        if not line["is_active"]:
            return False
        account = access.add_account(
            username=line["username"],
            password=secrets.token_urlsafe(32),
            staff=staff,
            display_name=line["display_name"],
        )
    elif account.staff is None and staff is not None:
        account.staff = staff
    account.password, account.must_change_password, account.is_active = line["password"], False, line["is_active"]
    account.save(update_fields=["staff", "password", "must_change_password", "is_active"])
    for role, code in line["roles"]:
        if not code or code in known:
            access.assign_role(account, role, known.get(code))
    return bool(line["is_active"])


def _staff(line: dict[str, str] | None, account: Account | None, known: dict[str, Department]) -> Staff | None:
    if line is None:
        return None
    values = {**line, "department": known.get(line["department"])}
    if account is None or account.staff is None:
        return places.add_staff(**values)  # type: ignore[arg-type]  # the names of its own columns
    Staff.objects.filter(pk=account.staff.pk).update(**values)
    return account.staff
