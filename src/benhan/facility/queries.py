"""Reads of the place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from benhan.facility.models import Department, Facility, Setting, Staff
from benhan.kernel.errors import Conflict, FieldError, Invalid, NotFound


def facility_or_none() -> Facility | None:
    """Return the facility, or None before the first-run wizard."""
    return Facility.objects.first()


def facility() -> Facility:
    """Return the facility; a house without one has not been set up."""
    found = facility_or_none()
    if found is None:
        raise NotFound("Cơ sở chưa được khai báo; hãy chạy phần thiết lập ban đầu", code="not_set_up")
    return found


def require_real() -> None:
    """What takes data in from elsewhere, or hands records to machines elsewhere, is refused where people only practise: no
    invented patient may come to stand among real ones, and no real one among invented."""
    if settings.BENHAN_PRACTICE:
        raise Conflict("Việc này chỉ làm ở hệ thống thật, không làm trong hệ thống thực hành", code="practice")


def departments(*, kind: str | None = None) -> QuerySet[Department]:
    """Active departments, by code."""
    rows = Department.objects.filter(is_active=True)
    return rows.filter(kind=kind) if kind else rows


def department(department_id: UUID) -> Department:
    """One department."""
    found = Department.objects.filter(pk=department_id).first()
    if found is None:
        raise NotFound("Không có khoa này")
    return found


def staff(staff_id: UUID) -> Staff:
    """One member of staff."""
    found = Staff.objects.select_related("department").filter(pk=staff_id).first()
    if found is None:
        raise NotFound("Không có nhân viên này")
    return found


def doctors(department_id: UUID | None = None) -> QuerySet[Staff]:
    """Doctors at work, of one department or all."""
    rows = Staff.objects.filter(position__in=["doctor", "department_head", "director"], to_date__isnull=True, source="")
    return rows.filter(department_id=department_id) if department_id else rows


def setting(key: str, default: Any) -> Any:
    """A facility rule, or the product's default."""
    row = Setting.objects.filter(pk=key).first()
    return default if row is None else row.value


def settings_kept() -> dict[str, Any]:
    """All rules that the facility has set, for a page that shows them together."""
    return dict(Setting.objects.values_list("pk", "value"))


def department_by_code(code: str) -> Department:
    """One active department by its code, as a person chose it."""
    found = Department.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise Invalid([FieldError("department", "unknown", "Chọn khoa trong danh sách")])
    return found


def staff_or_none(staff_id: str) -> Staff | None:
    """A member of staff by id text, None when nobody was chosen."""
    if not staff_id:
        return None
    try:
        return Staff.objects.filter(pk=UUID(staff_id)).first()
    except ValueError as error:
        raise Invalid([FieldError("attending", "unknown", "Chọn bác sĩ trong danh sách")]) from error
