"""Who may do what, and whether accounts are kept in order."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from benhan.access.models import Account
from benhan.access.web import assert_every_route_declared
from benhan.rollout.readiness.judging import Finding, Look, measures

CLINICAL = ("doctor", "nurse", "technician", "pharmacist")


@measures("routes_guarded")
def routes_guarded(look: Look) -> Finding:
    """Every page declares an action, every action has a rule. The house refuses to start otherwise; this looks again."""
    try:
        assert_every_route_declared()
    except ImproperlyConfigured as error:
        faults = str(error).split("; ")
        return look.judged(False, f"{len(faults)} chỗ chưa có quyền", faults)
    return look.judged(True, "mọi trang và hành động có quyền")


@measures("one_account_one_person")
def one_account_one_person(look: Look) -> Finding:
    """No active account without a person behind it, and nobody who administers the system also treats patients."""
    active = Account.objects.filter(is_active=True)
    nobody = (
        active.filter(staff__isnull=True).exclude(assignments__role="administrator").values_list("username", flat=True)
    )
    both = active.filter(assignments__role="administrator").filter(
        pk__in=Account.objects.filter(assignments__role__in=CLINICAL).values("pk")
    )
    bad = [*nobody, *both.values_list("username", flat=True).distinct()]
    return look.judged(len(bad) <= look.aim, f"{len(bad)} tài khoản dùng chung hoặc kiêm quản trị và điều trị", bad)


@measures("idle_accounts")
def idle_accounts(look: Look) -> Finding:
    """No active account that was not used for so many days (counted from its making when never used)."""
    since = look.at - timedelta(days=look.aim)
    idle = Account.objects.filter(is_active=True).filter(
        Q(last_login__lt=since) | Q(last_login__isnull=True, created_at__lt=since)
    )
    names = list(idle.order_by("username").values_list("username", flat=True))
    return look.judged(not names, f"{len(names)} tài khoản không dùng quá {look.aim} ngày", names)


@measures("first_passwords")
def first_passwords(look: Look) -> Finding:
    """Nobody keeps the password that was handed out."""
    since = look.at - timedelta(days=look.aim)
    first = Account.objects.filter(is_active=True, must_change_password=True, created_at__lt=since)
    names = list(first.order_by("username").values_list("username", flat=True))
    return look.judged(not names, f"{len(names)} tài khoản còn mật khẩu cấp lần đầu quá {look.aim} ngày", names)


@measures("role_review")
def role_review(look: Look) -> Finding:
    """Only people can review; the figure tells what there is to review."""
    return look.asks(f"{Account.objects.filter(is_active=True).count()} tài khoản đang hoạt động")


@measures("access_hours")
def access_hours(look: Look) -> Finding:
    """The program does not limit hours itself: said plainly."""
    return look.asks("phần mềm chưa tự giới hạn giờ truy cập")


@measures("second_factor")
def second_factor(look: Look) -> Finding:
    """The program has no second factor of its own: said plainly."""
    return look.asks("phần mềm chưa có xác thực hai yếu tố; cần mạng nội bộ hoặc VPN")
