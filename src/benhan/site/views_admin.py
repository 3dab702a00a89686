"""Pages of the administrator: departments, staff, accounts and roles. No clinical content here (ACC-07)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import queries as accounts
from benhan.access import services as access
from benhan.access.models import ROLES, Account
from benhan.access.web import actor_of, route
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import POSITIONS
from benhan.kernel.errors import Invalid, SaysNo
from benhan.site import rules
from benhan.site.setup import kind_of


@route("site.staff.manage", methods=("GET", "POST"))
def staff_list(request: HttpRequest) -> HttpResponse:
    """All people with their accounts and roles; adding one."""
    errors = []
    if request.method == "POST":
        try:
            _add_person(request)
        except SaysNo as no:
            errors = no.errors if isinstance(no, Invalid) else []
            messages.error(request, no.message)
        else:
            messages.success(request, _("Đã thêm nhân viên; người đó phải đổi mật khẩu ở lần đăng nhập đầu"))
            return HttpResponseRedirect(reverse("site:staff"))
    page = {
        "people": accounts.accounts(),
        "departments": facility.departments(),
        "roles": ROLES,
        "positions": [(code, _(name)) for code, name in POSITIONS.items()],
        "errors": errors,
        "values": request.POST,
    }
    return render(request, "site/staff.html", page, status=422 if errors else 200)


def _add_person(request: HttpRequest) -> None:
    values = request.POST
    with audit.unit_of_work("site.staff.manage"):
        department = facility.department_by_code(values.get("department", ""))
        person = places.add_staff(
            full_name=values.get("full_name", ""),
            job_title=values.get("job_title", ""),
            position=values.get("position", ""),
            department=department,
            licence_number=values.get("licence_number", ""),
        )
        account = access.add_account(
            username=values.get("username", ""), password=values.get("password", ""), staff=person
        )
        role = values.get("role", "")
        everywhere = role in {"receptionist", "planning", "archivist", "administrator"}
        access.assign_role(account, role, None if everywhere else department)


@route("site.staff.manage", methods=("POST",))
def add_department(request: HttpRequest) -> HttpResponse:
    """Add a department."""
    try:
        code = request.POST.get("code", "")
        places.add_department(code=code, name=request.POST.get("name", ""), kind=kind_of(code))
    except SaysNo as no:
        messages.error(request, no.message + "".join(f" {e.message}" for e in getattr(no, "errors", [])))
    else:
        messages.success(request, _("Đã thêm khoa, phòng"))
    return HttpResponseRedirect(reverse("site:staff"))


def _account(account_id: UUID) -> Account:
    return accounts.account(account_id)


@route("site.staff.manage", methods=("POST",))
def change_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Give or take a role, set a password, close an account."""
    account = _account(account_id)
    verb = request.POST.get("verb", "")
    try:
        if verb == "disable":
            access.disable_account(account)
        elif verb == "password":
            access.set_password(account, request.POST.get("password", ""), must_change=True)
        elif verb in ("assign", "withdraw"):
            code = request.POST.get("department", "")
            department = facility.department_by_code(code) if code else None
            (access.assign_role if verb == "assign" else access.withdraw_role)(
                account, request.POST.get("role", ""), department
            )
    except SaysNo as no:
        messages.error(request, no.message + "".join(f" {e.message}" for e in getattr(no, "errors", [])))
    else:
        messages.success(request, _("Đã thay đổi tài khoản"))
    return HttpResponseRedirect(reverse("site:staff"))


@route("site.settings.manage", methods=("GET", "POST"))
def settings_page(request: HttpRequest) -> HttpResponse:
    """The facility's own rules: patterns of numbers, the time-stamp authority."""
    errors = []
    values = {r.key: r.value for r in rules.rules()}
    if request.method == "POST":
        values |= {k: request.POST.get(k, "") for k in values}
        try:
            count = rules.change(values, by=actor_of(request).full_name)
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã lưu %(n)s quy tắc") % {"n": count})
            return HttpResponseRedirect(reverse("site:settings"))
    page = {"rules": rules.rules(), "values": values, "errors": errors}
    return render(request, "site/settings.html", page, status=422 if errors else 200)
