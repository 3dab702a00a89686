"""Reads of the log: who has seen this patient, what has this user seen. Pages by key, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benhan.audit.models import AuditEvent, AuditEventSubject, TreeHead

PAGE_ROWS = 50


@dataclass(frozen=True)
class LogPage:
    """One page of events and the key to ask for the next (None = the end)."""

    events: list[AuditEvent]
    next_before: int | None


def _page(rows: list[AuditEvent]) -> LogPage:
    more = len(rows) > PAGE_ROWS
    return LogPage(rows[:PAGE_ROWS], rows[PAGE_ROWS - 1].seq if more else None)


def who_has_seen(patient_id: object, *, before: int | None = None) -> LogPage:
    """Every event that showed or changed this patient's data (AUD-04)."""
    marks = AuditEventSubject.objects.filter(patient_id=str(patient_id))
    if before:
        marks = marks.filter(seq__lt=before)
    seqs = list(marks.order_by("-seq").values_list("seq", flat=True)[: PAGE_ROWS + 1])
    return _page(list(AuditEvent.objects.filter(seq__in=seqs).order_by("-seq")))


def seen_by(account_id: object, *, before: int | None = None) -> LogPage:
    """Everything this account did and saw (AUD-04)."""
    return events(account_id=str(account_id), before=before)


def events(*, before: int | None = None, account_id: str = "", record_id: str = "", action: str = "", outcome: str = "",
           from_at: datetime | None = None, to_at: datetime | None = None) -> LogPage:
    """The log, filtered by exact values and a period."""
    exact: dict[str, Any] = {"account_id": account_id, "record_id": record_id, "action": action, "outcome": outcome}
    rows = AuditEvent.objects.filter(**{k: v for k, v in exact.items() if v})
    if from_at:
        rows = rows.filter(at__gte=from_at)
    if to_at:
        rows = rows.filter(at__lt=to_at)
    if before:
        rows = rows.filter(seq__lt=before)
    return _page(list(rows.order_by("-seq")[: PAGE_ROWS + 1]))


def latest_tree_head() -> TreeHead | None:
    """The newest signed tree head."""
    return TreeHead.objects.order_by("-size").first()
