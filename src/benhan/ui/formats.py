"""How dates, ages, numbers and money are written for people in Vietnam."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from benhan.kernel import clock

DAYS_AS_AGE_MAX = 28
MONTHS_AS_AGE_MAX = 36
BYTES_PER_STEP = 1024


def _local(moment: datetime) -> datetime:
    """The same moment on the facility's clock; a moment without a zone is taken as the facility's own."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def vn_date(value: date | datetime | None) -> str:
    """23/11/2026."""
    if value is None or value == "":
        return ""
    day = _local(value).date() if isinstance(value, datetime) else value
    return f"{day:%d/%m}/{day.year:04d}"


def vn_time(value: datetime | None) -> str:
    """08:05."""
    return f"{_local(value):%H:%M}" if value else ""


def vn_datetime(value: datetime | None, seconds: bool = False) -> str:
    """23/11/2026 08:05 (with seconds where the order of two entries matters)."""
    if not value:
        return ""
    moment = _local(value)
    return f"{moment:%d/%m}/{moment.year:04d} {moment:%H:%M:%S}" if seconds else f"{vn_date(moment)} {moment:%H:%M}"


def birth(born: date | None, precision: str = "day") -> str:
    """The birth date as far as it is known: 05/03/1980, 03/1980, 1980."""
    if born is None or precision == "unknown":
        return _("không rõ ngày sinh")
    if precision == "year":
        return f"{born.year:04d}"
    return f"{born.month:02d}/{born.year:04d}" if precision == "month" else vn_date(born)


def age(born: date | None, precision: str = "day", on: date | None = None) -> str:
    """Age in years; under 36 months in months, up to 28 days in days (note of form 01/BV1).

    A birth date known only to the year gives the difference of the years.
    """
    if born is None or precision == "unknown":
        return _("không rõ tuổi")
    day = on or clock.today()
    if precision == "year":
        return _("%(n)s tuổi") % {"n": max(0, day.year - born.year)}
    months = (day.year - born.year) * 12 + day.month - born.month
    if precision == "day":
        months -= day.day < born.day
        if 0 <= (day - born).days <= DAYS_AS_AGE_MAX:
            return _("%(n)s ngày tuổi") % {"n": (day - born).days}
    if months < MONTHS_AS_AGE_MAX:
        return _("%(n)s tháng tuổi") % {"n": max(0, months)}
    return _("%(n)s tuổi") % {"n": months // 12}


def number(value: int | float | Decimal | None, places: int | None = None) -> str:
    """1.234,5: dot between thousands, comma before decimals."""
    if value is None or value == "":
        return ""
    exact = Decimal(str(value))
    text = f"{exact:,.{places}f}" if places is not None else f"{exact:,f}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def money(value: int | float | Decimal | None) -> str:
    """1.234.000 đ; the đồng has no decimals."""
    return f"{number(value, 0)} đ" if value not in (None, "") else ""


def file_size(size: int) -> str:
    """35 KB, 1,2 MB."""
    if size < BYTES_PER_STEP:
        return f"{size} B"
    if size < BYTES_PER_STEP**2:
        return f"{number(round(size / BYTES_PER_STEP))} KB"
    return f"{number(size / BYTES_PER_STEP**2, 1)} MB"
