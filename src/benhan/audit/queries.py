"""Reads of the log: who has seen this patient, what has this user seen. Pages by key, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead, TreeHead

PAGE_ROWS = 50
SORTS = {"newest": "-seq", "oldest": "seq"}
# `at` follows `seq` except for corrections of the clock: how far they may go before a period could miss a row.
CLOCK_SLACK = timedelta(days=1)


@dataclass(frozen=True)
class LogPage:
    """One page of events and the key to ask for the next (None = the end)."""

    events: list[AuditEvent]
    next_key: int | None


@dataclass(frozen=True)
class Filters:
    """What to narrow the log to; empty means everything. Exact values only. Times carry a zone; `to_at` is excluded."""

    account_id: str = ""
    record_id: str = ""
    action: str = ""
    outcome: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None


def who_has_seen(patient_ids: Sequence[object], *, key: int | None = None, sort: str = "newest") -> LogPage:
    """Every event that showed or changed this patient's data (AUD-04), under all the ids the person has or had."""
    marks = AuditEventSubject.objects.filter(patient_id__in=[str(i) for i in patient_ids])
    seqs = list(_after(marks, key, sort).values_list("seq", flat=True).distinct()[: PAGE_ROWS + 1])
    return _page(list(AuditEvent.objects.filter(seq__in=seqs).order_by(SORTS[sort])))


def seen_by(account_id: object, *, key: int | None = None, sort: str = "newest") -> LogPage:
    """Everything this account did and saw (AUD-04)."""
    return events(Filters(account_id=str(account_id)), key=key, sort=sort)


def of_record(record_id: object, *, key: int | None = None, sort: str = "newest") -> LogPage:
    """Everything that happened to one medical record."""
    return events(Filters(record_id=str(record_id)), key=key, sort=sort)


def recent() -> LogPage:
    """The newest events."""
    return events(Filters())


def events(filters: Filters, *, key: int | None = None, sort: str = "newest") -> LogPage:
    """The log, filtered. `sort` is one of SORTS (KeyError otherwise); `key` is the `next_key` of the page before."""
    exact = ("account_id", "record_id", "action", "outcome")
    rows = AuditEvent.objects.filter(**{name: getattr(filters, name) for name in exact if getattr(filters, name)})
    rows = _within(rows, filters.from_at, filters.to_at)
    return _page(list(_after(rows, key, sort)[: PAGE_ROWS + 1]))


def _after(rows: QuerySet[Any], key: int | None, sort: str) -> QuerySet[Any]:
    order = SORTS[sort]
    if key is not None:
        rows = rows.filter(seq__lt=key) if sort == "newest" else rows.filter(seq__gt=key)
    return rows.order_by(order)


def _within(rows: QuerySet[AuditEvent], from_at: datetime | None, to_at: datetime | None) -> QuerySet[AuditEvent]:
    """A period, also said as bounds of `seq`: paging by key then stays inside it, even years back in a long log."""
    if from_at is not None:
        rows = rows.filter(at__gte=from_at)
        if (first := _first_seq(from_at - CLOCK_SLACK)) is not None:
            rows = rows.filter(seq__gte=first)
    if to_at is not None:
        rows = rows.filter(at__lt=to_at)
        if (beyond := _first_seq(to_at + CLOCK_SLACK)) is not None:
            rows = rows.filter(seq__lt=beyond)
    return rows


def _first_seq(at: datetime) -> int | None:
    return AuditEvent.objects.filter(at__gte=at).order_by("at").values_list("seq", flat=True).first()


def _page(rows: list[AuditEvent]) -> LogPage:
    more = len(rows) > PAGE_ROWS
    return LogPage(rows[:PAGE_ROWS], rows[PAGE_ROWS - 1].seq if more else None)


def size() -> int:
    """How many events the log holds."""
    return AuditHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def oldest() -> AuditEvent | None:
    """The first row of the log: nothing is ever removed, so this says how far it reaches back."""
    return AuditEvent.objects.order_by("seq").first()


def latest_tree_head() -> TreeHead | None:
    """The newest signed tree head: print it, keep it elsewhere."""
    return TreeHead.objects.order_by("-size").first()


def done_by(account_id: object, *, after: int, actions: Sequence[str], limit: int) -> list[AuditEvent]:
    """What this account did with success after line `after` of the log, oldest first: only these actions, at most `limit`."""
    rows = AuditEvent.objects.filter(account_id=str(account_id), seq__gt=after, action__in=actions, outcome="ok")
    return list(rows.order_by("seq")[:limit])
