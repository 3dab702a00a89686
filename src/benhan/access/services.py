"""Verbs of accounts: adding, roles, passwords, log-in with lock-out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from benhan.access.models import ROLES, Account, LoginThrottle, RoleAssignment
from benhan.audit import services as audit
from benhan.facility.models import Department, Staff
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, FieldError, Invalid, Refused
from benhan.kernel.text import clean_line

LOGIN_FAILURES_MAX = 5
LOCK_OUT = timedelta(minutes=5)
THROTTLE_KEPT = timedelta(days=2)
NOT_IN = "Tên đăng nhập hoặc mật khẩu không đúng. Sai 5 lần từ cùng một máy thì phải chờ 5 phút rồi thử lại."
USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{2,59}$")
# Checked when the name is unknown, so that both cases cost one argon2.
_NO_ACCOUNT_HASH = make_password("nobody has this password")


def add_account(
    *,
    username: str,
    password: str,
    staff: Staff | None = None,
    display_name: str = "",
    must_change_password: bool = True,
) -> Account:
    """Open an account for one person. The password is checked against the policy (ACC-14)."""
    name = username.strip().lower()
    errors = []
    if not USERNAME.match(name):
        errors.append(FieldError("username", "format", "Tên đăng nhập gồm 3–60 chữ thường không dấu, số, dấu . _ -"))
    errors += password_errors(password, username=name)
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work():
        if Account.objects.filter(username=name).exists():
            raise Conflict("Tên đăng nhập này đã có người dùng", code="username_taken")
        account = Account(
            username=name,
            staff=staff,
            created_at=clock.now(),
            must_change_password=must_change_password,
            display_name=clean_line(display_name) or (staff.full_name if staff else name),
        )
        account.set_password(password)
        account.save()
        audit.record("access.account.add", object_type="account", object_id=str(account.pk))
    return account


def password_errors(password: str, *, username: str = "") -> list[FieldError]:
    """What is wrong with a new password, in Vietnamese; empty when it is good enough."""
    try:
        validate_password(password, user=Account(username=username, display_name=username))
    except ValidationError as error:
        return [FieldError("password", "password_policy", message) for message in error.messages]
    return []


def assign_role(account: Account, role: str, department: Department | None = None) -> None:
    """Give a role, in one department or (None) with the person's own department."""
    if role not in ROLES:
        raise Invalid([FieldError("role", "unknown", "Vai trò không có trong danh mục")])
    with audit.unit_of_work():
        RoleAssignment.objects.get_or_create(account=account, role=role, department=department)
        audit.record("access.role.assign", object_type="account", object_id=str(account.pk), detail={"role": role})


def withdraw_role(account: Account, role: str, department: Department | None = None) -> None:
    """Take a role away; all sessions of the account end at once."""
    with audit.unit_of_work("access.role.withdraw"):
        RoleAssignment.objects.filter(account=account, role=role, department=department).delete()
        if role == "administrator":
            _assert_somebody_manages()
        _end_sessions(account)
        audit.record("access.role.withdraw", object_type="account", object_id=str(account.pk), detail={"role": role})


def set_password(account: Account, password: str, *, must_change: bool = False) -> None:
    """Set a new password; other sessions end, because the session hash covers the password."""
    errors = password_errors(password, username=account.username)
    if errors:
        raise Invalid(errors)
    with audit.unit_of_work():
        account.set_password(password)
        account.must_change_password = must_change
        account.save(update_fields=["password", "must_change_password"])
        audit.record("access.password.set", object_type="account", object_id=str(account.pk))


def disable_account(account: Account) -> None:
    """Close an account; its sessions end at once. Nothing it wrote changes."""
    with audit.unit_of_work("access.account.disable"):
        account.is_active = False
        account.save(update_fields=["is_active"])
        if account.assignments.filter(role="administrator").exists():
            _assert_somebody_manages()
        _end_sessions(account)
        audit.record("access.account.disable", object_type="account", object_id=str(account.pk))


def _assert_somebody_manages() -> None:
    """Without an administrator nobody could ever give a role again, and the house would be locked from inside."""
    if not RoleAssignment.objects.filter(role="administrator", account__is_active=True).exists():
        raise Refused("Phải còn ít nhất một quản trị hệ thống đang hoạt động", code="last_administrator")


def end_sessions(account: Account) -> None:
    """End every session of an account."""
    with audit.unit_of_work():
        _end_sessions(account)
        audit.record("access.sessions.end", object_type="account", object_id=str(account.pk))


def _end_sessions(account: Account) -> None:
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])


def log_in(username: str, password: str, *, address: str) -> Account:
    """Check name and password. After five failures from one address the pair waits five minutes; the answer to a wrong
    name, a wrong password, a closed account and a locked pair is the same, in words and in time: else five tries with
    invented names would tell which names exist (those are counted together)."""
    account = Account.objects.filter(username=username.strip().lower()).first()
    throttle = LoginThrottle.objects.filter(account=account, address=address).first()
    good = check_password(password, account.password if account else _NO_ACCOUNT_HASH)
    if throttle and throttle.locked_until and throttle.locked_until > clock.now():
        audit.record("access.login", outcome="refused", reason="locked", object_id=str(account.pk) if account else "")
        raise Refused(NOT_IN, code="bad_credentials")
    if account is None or not good or not account.is_active:
        _count_failure(account, address)
        audit.record(
            "access.login", outcome="refused", reason="credentials", object_id=str(account.pk) if account else ""
        )
        raise Refused(NOT_IN, code="bad_credentials")
    with audit.unit_of_work():
        LoginThrottle.objects.filter(account=account, address=address).delete()
        account.last_login = clock.now()
        account.save(update_fields=["last_login"])
        who = replace(audit.current(), account_id=str(account.pk), account_name=account.username, account_kind="person")
        with audit.acting_as(who):  # until now the request was anonymous
            audit.record("access.login", object_type="account", object_id=str(account.pk))
    return account


def _count_failure(account: Account | None, address: str) -> None:
    now = clock.now()
    with audit.unit_of_work():
        LoginThrottle.objects.filter(last_at__lt=now - THROTTLE_KEPT).delete()
        row, _ = LoginThrottle.objects.select_for_update().get_or_create(
            account=account, address=address, defaults={"last_at": now}
        )
        row.failures = row.failures + 1 if now - row.last_at < LOCK_OUT else 1
        row.last_at = now
        row.locked_until = now + LOCK_OUT if row.failures >= LOGIN_FAILURES_MAX else None
        row.save()
