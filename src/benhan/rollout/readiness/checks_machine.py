"""What the machine and its network say. Where an operating system does not tell, a person is asked."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from benhan.access.actors import Actor
from benhan.access.models import Account
from benhan.audit.models import AuditEvent
from benhan.facility import queries as facility
from benhan.patients import queries as patients
from benhan.patients.models import Patient
from benhan.records import queries as records
from benhan.rollout.readiness.judging import Finding, Look, measures

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
GIB = 1024**3
TIMEX_BYTES = 512  # struct timex is 208 bytes on 64-bit Linux; more than enough
TIME_ERROR = 5  # adjtimex: the clock is not synchronised
LOOKER = Actor(account_id=None, username="readiness", full_name="", roles=frozenset({"planning"}), kind="system")


@measures("tls")
def tls(look: Look) -> Finding:
    """Encrypted on the way, or never on the way: a house that answers to its own machine only."""
    if settings.BEHIND_TLS:
        return look.judged(True, "qua proxy TLS")
    outside = [host for host in settings.ALLOWED_HOSTS if host not in LOOPBACK]
    return look.judged(
        not outside, "chỉ máy này truy cập" if not outside else "truy cập từ máy khác không mã hóa", outside
    )


@measures("ipv6")
def ipv6(look: Look) -> Finding:
    """Can a server be opened on IPv6 here?"""
    return look.judged(opens_on_ipv6(), "mở được cổng IPv6" if opens_on_ipv6() else "máy chủ không mở được cổng IPv6")


def opens_on_ipv6(address: str = "::1") -> bool:
    """Try it: a support compiled in says nothing about the machine."""
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


@measures("clock_synchronised")
def clock_synchronised(look: Look) -> Finding:
    """The kernel (Linux) or the time service (Windows) knows whether the clock is kept by others."""
    synchronised = _synchronised()
    if synchronised is None:
        return look.asks("hệ điều hành không cho biết đồng hồ có được đồng bộ hay không")
    return look.judged(synchronised, "đồng bộ" if synchronised else "đồng hồ không được đồng bộ")


def _synchronised() -> bool | None:
    if sys.platform == "linux":
        buffer = ctypes.create_string_buffer(TIMEX_BYTES)
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)  # modes = 0: only read
        return None if answer < 0 else answer != TIME_ERROR
    if sys.platform == "win32":
        done = subprocess.run(["w32tm", "/query", "/status"], capture_output=True, text=True, check=False)  # noqa: S607 - of Windows
        return None if done.returncode else "0x0" not in done.stdout.splitlines()[0]
    return None


@measures("disk_free")
def disk_free(look: Look) -> Finding:
    """Room for the data: so many percent free, and at least ten gibibytes."""
    usage = shutil.disk_usage(settings.BENHAN_HOME)
    percent = 100 * usage.free / usage.total
    good = percent >= look.aim and usage.free >= 10 * GIB
    return look.judged(good, f"còn trống {usage.free // GIB} GB trong {usage.total // GIB} GB ({percent:.0f} %)")


@measures("disk_encrypted")
def disk_encrypted(look: Look) -> Finding:
    """Linux tells when the data lies on an encrypted device (LUKS). Elsewhere a person says."""
    device = _device_of(settings.BENHAN_HOME)
    if device is not None and _is_encrypted(device):
        return look.judged(True, "ổ đĩa dữ liệu mã hóa (LUKS)")
    return look.asks("không thấy ổ đĩa dữ liệu được mã hóa")


def _device_of(path: Path) -> Path | None:
    number = os.stat(path).st_dev
    if not hasattr(os, "major"):
        return None
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    return device if device.exists() else None


def _is_encrypted(device: Path) -> bool:
    """This device or one below it is of the kind CRYPT."""
    name = device / "dm" / "uuid"
    if name.exists() and name.read_text(encoding="ascii", errors="ignore").startswith("CRYPT-"):
        return True
    below = device / "slaves"
    return below.is_dir() and any(_is_encrypted(slave) for slave in below.iterdir())


@measures("keys_private")
def keys_private(look: Look) -> Finding:
    """Nobody but the owner reads the keys."""
    if os.name == "nt":
        return look.asks("Windows: kiểm tra quyền của thư mục keys")
    open_ones = [p.name for p in (settings.BENHAN_HOME / "keys").glob("*") if p.stat().st_mode & 0o077]
    return look.judged(len(open_ones) <= look.aim, f"{len(open_ones)} tệp khóa người khác đọc được", open_ones)


@measures("database_private")
def database_private(look: Look) -> Finding:
    """The database opens to this program alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            is_super = bool(cursor.fetchone()[0])
        return look.judged(not is_super, "tài khoản riêng" if not is_super else "đang dùng tài khoản superuser")
    if os.name == "nt":
        return look.asks("Windows: kiểm tra quyền của thư mục dữ liệu")
    files = [p for p in (settings.BENHAN_HOME, *settings.BENHAN_HOME.glob("*.sqlite3*")) if p.stat().st_mode & 0o077]
    home_open = bool(settings.BENHAN_HOME.stat().st_mode & 0o077)
    return look.judged(
        not home_open,
        "chỉ chủ sở hữu" if not home_open else "người khác vào được thư mục dữ liệu",
        [p.name for p in files],
    )


@measures("workstations")
def workstations(look: Look) -> Finding:
    """In every clinical department somebody logged in during the last month."""
    logins = AuditEvent.objects.filter(action="access.login", outcome="ok", at__gte=look.at - timedelta(days=30))
    addresses = logins.values("source_ip").distinct().count()
    accounts = set(logins.values_list("account_id", flat=True).distinct())
    seen = set()
    for account in (
        Account.objects.filter(pk__in=[a for a in accounts if a])
        .select_related("staff")
        .prefetch_related("assignments")
    ):
        seen |= {a.department_id for a in account.assignments.all() if a.department_id}
        if account.staff is not None and account.staff.department_id:
            seen.add(account.staff.department_id)
    clinical = list(facility.departments(kind="clinical"))
    empty = [d.name for d in clinical if d.pk not in seen]
    good = bool(clinical) and not empty
    return look.judged(
        good, f"{addresses} địa chỉ máy; {len(clinical) - len(empty)}/{len(clinical)} khoa có người đăng nhập", empty
    )


@measures("retrieval")
def retrieval(look: Look) -> Finding:
    """The slowest of a few searches and openings, in milliseconds: newest and oldest patient."""
    people = [Patient.objects.order_by("recorded_at").first(), Patient.objects.order_by("-recorded_at").first()]
    if people[0] is None:
        return look.judged(False, "chưa có người bệnh để tìm")
    slowest = max(milliseconds(person) for person in people if person is not None)
    return look.judged(slowest <= look.aim, f"lần chậm nhất {slowest:.0f} ms")


def milliseconds(person: Patient) -> float:
    """How long one search and one opening of a record take."""
    begun = time.perf_counter()
    patients.search(LOOKER, person.patient_number)
    for record in records.records_of(person, limit=1):
        records.documents(record)
    return (time.perf_counter() - begun) * 1000


@measures("backup_elsewhere")
def backup_elsewhere(look: Look) -> Finding:
    """Another place cannot be seen from here; another disk can."""
    folder = os.environ.get("BENHAN_BACKUP_DIR", "")
    if folder and Path(folder).exists() and os.stat(folder).st_dev != os.stat(settings.BENHAN_HOME).st_dev:
        return look.judged(True, "thư mục sao lưu ở ổ đĩa khác")
    return look.asks("không thấy thư mục sao lưu ở ổ đĩa khác")


@measures("network_security")
def network_security(look: Look) -> Finding:
    """Firewalls and zones are not seen from here."""
    return look.asks("phần mềm không thấy được tường lửa và phân vùng mạng")


@measures("hosting")
def hosting(look: Look) -> Finding:
    """Where the machine stands is not seen from here."""
    return look.asks(f"hệ điều hành {sys.platform}, dữ liệu tại máy chủ này")


@measures("security_test")
def security_test(look: Look) -> Finding:
    """A test report is a paper."""
    return look.asks("cần số và ngày của biên bản kiểm tra")
