"""Is this machine and installation fit? Each check says what it saw."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from benhan.facility import queries as facility
from benhan.kernel import clock
from benhan.law import registry

FREE_BYTES_MIN = 2 * 1024**3


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    good: bool
    detail: str


def examine() -> list[Check]:
    """Look at Python, disk, database, keys, forms and set-up."""
    free = shutil.disk_usage(settings.BENHAN_HOME).free
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    place = facility.facility_or_none()
    keys = settings.BENHAN_HOME / "keys"
    private = os.name == "nt" or not any(p.stat().st_mode & 0o077 for p in keys.glob("*"))
    return [
        Check("Python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Check("Dung lượng trống", free > FREE_BYTES_MIN, f"{free // 1024**2} MB tại {settings.BENHAN_HOME}"),
        Check("Cơ sở dữ liệu", True, f"{connection.vendor} trả lời"),
        Check("Khóa chỉ chủ sở hữu đọc được", private, str(keys)),
        Check("Biểu mẫu", True, f"{len(registry.forms(clock.today()))} mẫu đang có hiệu lực"),
        Check("Cơ sở", place is not None, place.name if place else "chưa thiết lập"),
        Check(
            "Mã hóa kết nối (TLS)",
            settings.BEHIND_TLS or settings.ALLOWED_HOSTS == ["127.0.0.1", "localhost", "[::1]"],
            "qua proxy TLS" if settings.BEHIND_TLS else "chỉ máy này",
        ),
    ]
