"""What must hold before a department may go a step further. Each gate looks at the running system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from benhan.access.models import Account
from benhan.facility.models import Department, Staff
from benhan.kernel import clock
from benhan.records.models import Document, Draft
from benhan.rollout.readiness.judging import PASS, look
from benhan.signing.models import Certificate

WRITERS = ("doctor", "nurse", "technician", "pharmacist")
TRIAL_PAPERS_MIN = 10
TRIAL_DAYS = 14
SIGNED_PERCENT_MIN = 90
HOUSE_CRITERIA = {
    "backup_recent": "Có bản sao lưu trong 26 giờ qua",
    "backup_proved": "Đã thử khôi phục thành công",
    "log_intact": "Nhật ký nguyên vẹn",
    "tables_guarded": "Cơ sở dữ liệu giữ khóa bảo vệ",
    "tls": "Kết nối được mã hóa",
}


@dataclass(frozen=True)
class Gate:
    """One condition as seen now."""

    code: str
    title: str
    good: bool
    figure: str

    def as_dict(self) -> dict[str, Any]:
        """As kept with the decision."""
        return asdict(self)


def gates_for(department: Department, to_phase: str) -> list[Gate]:
    """The gates before `to_phase`. Going back to paper has none: safety first."""
    if to_phase == "paper":
        return []
    found = [accounts(department), certified(department)]
    if to_phase == "electronic":
        found += [trial(department), signed(department), drafts(department), *house()]
    return found


def _people(department: Department) -> list[Staff]:
    active = Account.objects.filter(is_active=True, assignments__role__in=WRITERS)
    return list(Staff.objects.filter(department=department, account__in=active).distinct())


def accounts(department: Department) -> Gate:
    """Somebody who writes, and somebody else to sign after."""
    here = _people(department)
    doctors = [s for s in here if s.position in ("doctor", "department_head", "director")]
    return Gate(
        "accounts",
        "Có tài khoản cho bác sĩ của khoa",
        bool(doctors),
        f"{len(here)} người, trong đó {len(doctors)} bác sĩ",
    )


def certified(department: Department) -> Gate:
    """Everybody who writes there can sign."""
    here = {s.pk for s in _people(department)}
    held = Certificate.objects.filter(
        kind="staff", staff_id__in=here, not_after__gte=clock.now() + timedelta(days=30), revocation__isnull=True
    )
    good = set(held.values_list("staff_id", flat=True))
    return Gate(
        "certificates",
        "Mọi người viết của khoa có chứng thư",
        bool(here) and good == here,
        f"{len(good)}/{len(here)} người",
    )


def _written(department: Department) -> Any:
    since = clock.now() - timedelta(days=TRIAL_DAYS)
    return Document.objects.filter(department=department, source="", document_state="active", recorded_at__gte=since)


def trial(department: Department) -> Gate:
    """The department really wrote in the system before it does without paper."""
    count = _written(department).count()
    return Gate(
        "trial",
        f"Đã viết ít nhất {TRIAL_PAPERS_MIN} giấy trong {TRIAL_DAYS} ngày",
        count >= TRIAL_PAPERS_MIN,
        f"{count} giấy",
    )


def signed(department: Department) -> Gate:
    """What was written a day ago is signed."""
    old = _written(department).filter(recorded_at__lt=clock.now() - timedelta(hours=24))
    total = old.count()
    done = old.exclude(signature_state__in=("unsigned", "partly")).count()
    good = bool(total) and 100 * done >= SIGNED_PERCENT_MIN * total
    return Gate("signed", f"Ít nhất {SIGNED_PERCENT_MIN} % giấy quá 24 giờ đã ký", good, f"{done}/{total} giấy")


def drafts(department: Department) -> Gate:
    """No typing was forgotten for more than two days."""
    old = Draft.objects.filter(record__department=department, updated_at__lt=clock.now() - timedelta(days=2)).count()
    return Gate("drafts", "Không còn nháp quá hai ngày", old == 0, f"{old} nháp")


def house() -> list[Gate]:
    """What must hold for the whole house before anybody relies on it alone."""
    found = []
    measure: Callable[[str], Any] = look
    for code, title in HOUSE_CRITERIA.items():
        seen = measure(code)
        found.append(Gate(code, title, seen.result == PASS, seen.figure))
    return found
