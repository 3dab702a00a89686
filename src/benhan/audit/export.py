"""The log leaves the house: JSON lines for an offline check, RFC 5424 lines for a log server (AUD-08)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

from benhan.audit import chain
from benhan.audit.appending import head_values
from benhan.audit.models import AuditEvent, AuditHead, TreeHead
from benhan.audit.verify import COLUMNS

CHUNK_ROWS = 2000
# RFC 5424: facility 13 (log audit), severities; 32473 is the enterprise number set aside for documentation (RFC 5612).
SYSLOG_FACILITY = 13
SEVERITIES = {"ok": 6, "refused": 4, "failed": 3}
STRUCTURED_ID = "benhan@32473"


def rows(*, after: int = 0, to: int | None = None) -> Iterator[dict[str, Any]]:
    """The events with `after` < seq ≤ `to` as plain values in order, in chunks: memory stays flat."""
    while True:
        found = AuditEvent.objects.filter(seq__gt=after)
        if to is not None:
            found = found.filter(seq__lte=to)
        chunk = list(found.order_by("seq").values(*COLUMNS)[:CHUNK_ROWS])
        for row in chunk:
            yield {**row, "at": chain.moment(row["at"]), "event_id": str(row["event_id"])}
        if len(chunk) < CHUNK_ROWS:
            return
        after = chunk[-1]["seq"]


def json_lines() -> Iterator[str]:
    """The whole log with its signed tree heads and an end line: what `verify_export` checks without a database."""
    head = AuditHead.objects.filter(pk=1).first()
    size = head.size if head else 0
    for row in rows(to=size):
        yield _line("event", row)
    for signed in TreeHead.objects.filter(size__lte=size).order_by("size").iterator(chunk_size=CHUNK_ROWS):
        yield _line("tree_head", head_values(signed))
    yield _line("end", {"size": size, "last_hash": head.last_hash if head else chain.GENESIS})


def syslog_lines(*, after: int = 0, to: int | None = None) -> Iterator[str]:
    """RFC 5424 messages, one an event. The shipper keeps the last seq it sent and asks for what comes `after` it."""
    host = socket.gethostname()[:255] or "-"
    for row in rows(after=after, to=to):
        yield syslog_line(row, host)


def syslog_line(row: dict[str, Any], host: str) -> str:
    """One event as an RFC 5424 message: MSGID is the action, every field is structured data, the text is UTF-8."""
    priority = SYSLOG_FACILITY * 8 + SEVERITIES[row["outcome"]]
    message_id = row["action"][:32] or "-"
    fields = " ".join(f'{name}="{_escaped(row[name])}"' for name in COLUMNS if row[name] not in ("", None, "{}"))
    text = f"{row['action']} {row['outcome']} {row['account_name']}".strip()
    return f"<{priority}>1 {row['at']} {host} benhan - {message_id} [{STRUCTURED_ID} {fields}] \ufeff{text}"


def _escaped(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def _line(kind: str, values: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **values}, ensure_ascii=False, sort_keys=True) + "\n"
