"""Pages of the administrator: departments, staff, accounts and roles. No clinical content here (ACC-07)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from benhan.access import gate
from benhan.access import queries as accounts
from benhan.access import services as access
from benhan.access.models import ROLES, Account
from benhan.access.web import actor_of, route
from benhan.audit import services as audit
from benhan.facility import queries as facility
from benhan.facility import services as places
from benhan.facility.models import POSITIONS
from benhan.kernel.errors import FieldError, Invalid, SaysNo
from benhan.law import registry
from benhan.signing import certificates
from benhan.site import rules
from benhan.site.setup import kind_of


def roles_offered() -> dict[str, str]:
    """The roles of this kind of house: a hospital has no officers of a health department, and the other way round."""
    here = {"administrator", "authority"} if settings.BENHAN_AUTHORITY else set(ROLES) - {"authority"}
    return {code: name for code, name in ROLES.items() if code in here}


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
        "roles": roles_offered(),
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
    """The facility's own rules: patterns of numbers, who may sign, the time-stamp authority, its name and seal."""
    errors = []
    values = {r.key: r.value for r in rules.rules()}
    if request.method == "POST":
        values |= {k: ", ".join(request.POST.getlist(k)) for k in values}
        try:
            count = rules.change(values, by=actor_of(request).full_name)
        except Invalid as no:
            errors = no.errors
        else:
            messages.success(request, _("Đã lưu %(n)s quy tắc") % {"n": count})
            return HttpResponseRedirect(reverse("site:settings"))
    return _settings(request, values, errors)


def _settings(request: HttpRequest, values: dict[str, str], errors: list[FieldError]) -> HttpResponse:
    seals = certificates.seals()
    page = {
        "rules": rules.rules(),
        "groups": rules.GROUPS,
        "values": values,
        "errors": errors,
        "positions": [(code, _(name)) for code, name in POSITIONS.items()],
        "types": [(c, t["name_vi"]) for c, t in registry.record_types().items() if c != "imported"],
        "place": facility.facility(),
        "seals": [(s, certificates.name_in(s)) for s in seals],
        "may_renew": gate.allowed(actor_of(request), "signing.certificate.manage"),
    }
    return render(request, "site/settings.html", page, status=422 if errors else 200)


@route("site.settings.manage", methods=("POST",))
def rename(request: HttpRequest) -> HttpResponse:
    """Change name, governing body, address and phone of the facility."""
    wanted = {key: request.POST.get(key, "") for key in ("name", "governing_body", "address", "phone")}
    try:
        places.rename(facility.facility(), **wanted)
    except Invalid as no:
        return _settings(request, {r.key: r.value for r in rules.rules()}, no.errors)
    messages.success(request, _("Đã đổi thông tin cơ sở; giấy tờ đã ghi giữ tên cũ"))
    return HttpResponseRedirect(reverse("site:settings"))


@route("signing.certificate.manage", methods=("POST",))
def renew_seal(request: HttpRequest) -> HttpResponse:
    """Issue a seal with the facility's present name; the old one goes on verifying what it sealed."""
    certificates.renew_seal(actor=actor_of(request))
    messages.success(request, _("Đã cấp con dấu số mới; con dấu cũ vẫn dùng để kiểm tra những gì đã niêm phong"))
    return HttpResponseRedirect(reverse("site:settings"))
