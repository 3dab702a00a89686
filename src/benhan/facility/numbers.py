"""Numbers without gaps or doubles: taken under a row lock, given back when the transaction rolls back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from benhan.facility.models import NumberSeries

SERIAL_MARK = "{serial"


def next_number(series: str, period: str = "", *, count: int = 1) -> int:
    """Take the next `count` numbers of a series and return the first. Must run inside the transaction that uses them:
    a rolled-back transaction gives the numbers back, and concurrent takers wait for each other's commit."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("take a number only inside the transaction that uses it")
    NumberSeries.objects.bulk_create([NumberSeries(series=series, period=period)], ignore_conflicts=True)
    row = NumberSeries.objects.select_for_update().get(series=series, period=period)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return first


def format_number(pattern: str, serial: int, *, on: date, facility_code: str = "") -> str:
    """Fill a pattern such as `{year}.{serial:06d}`. Known words: serial, year, yy, month, facility."""
    return pattern.format(
        serial=serial, year=f"{on.year:04d}", yy=f"{on.year % 100:02d}", month=f"{on.month:02d}", facility=facility_code
    )


def period_of(pattern: str, on: date) -> str:
    """Which period a pattern counts in: the month, the year or for ever."""
    if "{month}" in pattern:
        return f"{on.year:04d}-{on.month:02d}"
    if "{year}" in pattern or "{yy}" in pattern:
        return f"{on.year:04d}"
    return ""


def take(series: str, pattern: str, *, on: date, facility_code: str = "") -> str:
    """Take one number of `series` in the pattern's own period and return it formatted."""
    serial = next_number(series, period_of(pattern, on))
    return format_number(pattern, serial, on=on, facility_code=facility_code)
