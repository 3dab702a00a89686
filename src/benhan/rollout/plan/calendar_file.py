"""The plan as a calendar file (RFC 5545), for anybody's calendar: whole days, a reminder the day before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from benhan import __version__
from benhan.kernel import clock
from benhan.rollout.plan.queries import Row


def drawn(rows: Sequence[Row], name: str) -> bytes:
    """One event a task; the same task keeps its UID, so that a calendar loaded again updates instead of doubling."""
    calendar = Calendar()
    calendar.add("prodid", f"-//benhan//{__version__}//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for row in rows:
        event = Event()
        event.add("uid", f"{row.task.pk}@benhan")
        event.add("dtstamp", clock.now())
        event.add("summary", row.task.title)
        event.add("description", f"{row.owner_name}. {row.task.source}".strip())
        event.add("dtstart", row.task.starts)
        event.add("dtend", row.task.ends + timedelta(days=1))
        event.add("status", "CONFIRMED")
        if row.standing != "done":
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", row.task.title)
            alarm.add("trigger", timedelta(days=-1))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
