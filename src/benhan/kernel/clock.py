"""The one clock of the house. Everything that needs "now" asks here, so that tests can hold time still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

FACILITY_ZONE_DEFAULT = "Asia/Ho_Chi_Minh"
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """Return the present moment in UTC, with its zone (REC-08: the server's clock, never the client's)."""
    held = _held.get()
    return held if held is not None else datetime.now(UTC)  # noqa: TID251 - this is the clock the others ask


def is_in_living_memory(moment: datetime) -> bool:
    """Could somebody alive have been there? What lies before is a slip of typing; the first years of the calendar
    cannot even be moved to another zone."""
    return moment >= EARLIEST


def today(zone: tzinfo | None = None) -> date:
    """Return the calendar day at the facility (default Asia/Ho_Chi_Minh)."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: tzinfo | None = None) -> date:
    """Return the calendar day of a moment at the facility. Never `moment.date()`: a child born at two in the morning
    in Việt Nam is born the day before in UTC."""
    return moment.astimezone(zone or ZoneInfo(FACILITY_ZONE_DEFAULT)).date()


def local(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """The same moment on the facility's clock, to be printed."""
    return moment.astimezone(zone or ZoneInfo(FACILITY_ZONE_DEFAULT))


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (must carry a zone) inside the block. For tests and demo data only."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs a moment with a zone")
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
