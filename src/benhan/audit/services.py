"""Verbs of the log: the unit of work every write runs in, `record`, `collect`, `sign_tree_head`."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction

from benhan.audit import rows
from benhan.audit.appending import append, sign_tree_head
from benhan.kernel.errors import SaysNo

__all__ = ["Who", "acting_as", "collect", "current", "in_unit_of_work", "record", "sign_tree_head", "unit_of_work"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Who:
    """Who acts, from where, as plain values. `session` is a hash, never the session key itself."""

    account_id: str | None = None
    account_name: str = "system"
    person_name: str = ""
    account_kind: str = "system"
    roles: tuple[str, ...] = ()
    source_ip: str = ""
    source_port: int | None = None
    device: str = ""
    session: str = ""


_who: ContextVar[Who | None] = ContextVar("audit_who", default=None)


class _Buffers(threading.local):
    """Per thread, like the database connection: the buffers of the open unit of work and of the open collection."""

    unit: list[dict[str, Any]] | None = None
    collected: list[dict[str, Any]] | None = None


_buffers = _Buffers()


def current() -> Who:
    """Who acts now; the house itself when nobody was named."""
    return _who.get() or Who(device=f"process {os.getpid()}")


@contextmanager
def acting_as(who: Who) -> Iterator[None]:
    """Name who acts inside the block (set by the web middleware and the command line)."""
    token = _who.set(who)
    try:
        yield
    finally:
        _who.reset(token)


def in_unit_of_work() -> bool:
    """Would what is written now roll back with something around it?"""
    return _buffers.unit is not None


@contextmanager
def unit_of_work(action: str = "unit_of_work") -> Iterator[None]:
    """THE write transaction: when the outermost block ends, data and events are committed together or not at all.

    Events are appended as the last thing before the commit, so the chain's lock is held shortly. A nested block joins;
    when it fails and the outer one goes on, its data and its events are gone, its refusals stay. When the outermost
    block fails everything rolls back; refused and failed events are then logged by themselves, and a refusal (SaysNo)
    that nobody recorded is logged under `action`. A bare `transaction.atomic()` around it is a bug and fails loudly.
    """
    if _buffers.unit is not None:
        with _joined(_buffers.unit):
            yield
        return
    buffer: list[dict[str, Any]] = []
    _buffers.unit = buffer
    try:
        with transaction.atomic(durable=True):
            yield
            earlier = list(_buffers.collected or ())
            append([*earlier, *buffer])
            # From here on nothing may enter the flushed buffer: callbacks after the commit record for themselves.
            _buffers.unit = None
    except SaysNo as no:
        _buffers.unit = None
        _remember(_not_ok(buffer) or [_row(action, outcome="refused", reason=no.code)])
        raise
    except Exception:
        _buffers.unit = None
        _remember(_not_ok(buffer))
        raise
    finally:
        _buffers.unit = None
    if _buffers.collected is not None:
        del _buffers.collected[: len(earlier)]


@contextmanager
def _joined(buffer: list[dict[str, Any]]) -> Iterator[None]:
    mark = len(buffer)
    try:
        with transaction.atomic():
            yield
    except Exception:
        buffer[mark:] = _not_ok(buffer[mark:])
        raise


@contextmanager
def collect() -> Iterator[None]:
    """Gather the events of a request that happen outside of units of work and append them in one go at its end (or
    together with the request's next unit of work): one append a page. No log, no page: a failing append raises."""
    if _buffers.collected is not None:
        yield
        return
    buffer: list[dict[str, Any]] = []
    _buffers.collected = buffer
    try:
        yield
    finally:
        _buffers.collected = None
        _store(buffer)


def record(
    action: str,
    *,
    outcome: str = "ok",
    patient_id: object = None,
    record_id: object = None,
    object_type: str = "",
    object_id: object = "",
    object_version: object = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
    also_patients: Iterable[object] = (),
) -> None:
    """Remember an event (AUD-01, AUD-02). Inside a unit of work it commits with the data; in a collection at the end of
    the request; elsewhere at once in its own short transaction. `also_patients`: everybody else whose data was shown, a
    list of any length. `detail` takes short plain values only: never clinical text (AUD-07); ValueError/TypeError."""
    fresh = [
        _row(
            action,
            outcome=outcome,
            patient_id=patient_id,
            record_id=record_id,
            object_type=object_type,
            object_id=object_id,
            object_version=object_version,
            reason=reason,
            detail=detail,
            subjects=subjects,
        )
        for subjects in rows.subject_lists(also_patients)
    ]
    if _buffers.unit is not None:
        _buffers.unit += fresh
    elif _buffers.collected is not None:
        _buffers.collected += fresh
    else:
        _store(fresh)


def _row(action: str, **values: Any) -> dict[str, Any]:
    who = current()
    return rows.build(action, who={**vars(who), "roles": " ".join(who.roles)}, **values)


def _not_ok(buffer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in buffer if row["outcome"] != "ok"]


def _store(buffer: list[dict[str, Any]]) -> None:
    if buffer:
        with transaction.atomic():
            append(buffer)


def _remember(refused: list[dict[str, Any]]) -> None:
    """Log refusals after a rollback. The exception under way is the story: a database that cannot even log goes to the
    process log instead of hiding it."""
    if _buffers.collected is not None:
        _buffers.collected += refused
        return
    try:
        _store(refused)
    except DatabaseError:
        _log.exception("%d refused events could not be added to the audit log", len(refused))
