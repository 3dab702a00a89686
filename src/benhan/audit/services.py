"""Verbs of the log: the unit of work every write runs in, and `record`."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from django.db import transaction

from benhan.audit import chain, keys
from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead, TreeHead
from benhan.kernel import clock
from benhan.kernel.errors import SaysNo
from benhan.kernel.merkle import Frontier, leaf_hash

DETAIL_CHARACTERS_MAX = 200
OUTCOMES = ("ok", "refused", "failed")


@dataclass(frozen=True)
class Who:
    """Who acts, from where, as plain values."""

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
    """Per thread: the buffers of the open unit of work and of the open collection."""

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


@contextmanager
def unit_of_work(action: str = "unit_of_work") -> Iterator[None]:
    """THE write transaction. Nested blocks join the outermost one. Its events are appended to the chain as the last thing
    before the commit, so the chain's lock is held shortly. When the block fails, data and events vanish together; a
    refusal (SaysNo) is then logged by itself, under `action` when nobody gave it a better name."""
    if _buffers.unit is not None:
        yield
        return
    _buffers.unit = buffer = []
    try:
        with transaction.atomic():
            yield
            _append(buffer)
    except SaysNo as no:
        _buffers.unit = None
        refused = [row for row in buffer if row["outcome"] != "ok"] or [_row(action, outcome="refused", reason=no.code)]
        _store(refused)
        raise
    finally:
        _buffers.unit = None


@contextmanager
def collect() -> Iterator[None]:
    """Gather the events of a request outside of units of work and append them in one go at its end."""
    if _buffers.collected is not None:
        yield
        return
    _buffers.collected = buffer = []
    try:
        yield
    finally:
        _buffers.collected = None
        if buffer:
            _store(buffer)


def record(
    action: str, *, outcome: str = "ok", patient_id: object = None, record_id: object = None, object_type: str = "",
    object_id: str = "", object_version: str = "", reason: str = "", detail: dict[str, Any] | None = None,
    also_patients: Iterable[object] = (),
) -> None:
    """Remember an event. Inside a unit of work it commits with the data; in a collection at the end of the request;
    elsewhere at once. `detail` takes short plain values only: never clinical text (AUD-07)."""
    row = _row(
        action, outcome=outcome, patient_id=str(patient_id or ""), record_id=str(record_id or ""),
        object_type=object_type, object_id=object_id, object_version=object_version, reason=reason[:200],
        detail=_detail(detail or {}), subjects=",".join(str(p) for p in also_patients),
    )
    if _buffers.unit is not None:
        _buffers.unit.append(row)
    elif _buffers.collected is not None:
        _buffers.collected.append(row)
    else:
        _store([row])


def _row(action: str, **values: Any) -> dict[str, Any]:
    who = current()
    if values["outcome"] not in OUTCOMES:
        raise ValueError(f"outcome {values['outcome']!r}")
    return {
        "at": clock.now(), "account_id": who.account_id or "", "account_name": who.account_name,
        "person_name": who.person_name, "account_kind": who.account_kind, "roles": " ".join(who.roles),
        "source_ip": who.source_ip, "source_port": who.source_port, "device": who.device, "session": who.session,
        "action": action, "object_type": "", "object_id": "", "object_version": "", "patient_id": "", "record_id": "",
        "reason": "", "detail": "{}", "subjects": "", **values,
    }


def _detail(detail: dict[str, Any]) -> str:
    for key, value in detail.items():
        if isinstance(value, str) and (len(value) > DETAIL_CHARACTERS_MAX or "\n" in value):
            raise ValueError(f"audit detail {key!r} is too long for a log: no clinical text here")
        if not isinstance(value, str | int | bool | type(None)):
            raise TypeError(f"audit detail {key!r} must be a plain value")
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode()


def _store(rows: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        _append(rows)


def _locked_head() -> AuditHead:
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(pk=1, last_hash=chain.GENESIS)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def _append(rows: list[dict[str, Any]]) -> None:
    """Chain the rows to the end of the log under its lock."""
    if not rows:
        return
    head = _locked_head()
    frontier = Frontier.from_hex(head.size, head.frontier)
    events, subjects, last = [], [], head.last_hash
    for seq, row in enumerate(rows, head.size + 1):
        row["seq"] = seq
        body = chain.row_bytes(row)
        prev, last = last, chain.link(last, body)
        frontier.append(leaf_hash(bytes.fromhex(last)))
        events.append(AuditEvent(**row, prev_hash=prev, hash=last))
        patients = {row["patient_id"], *row["subjects"].split(",")} - {""}
        subjects += [AuditEventSubject(patient_id=p, seq=seq) for p in patients]
    AuditEvent.objects.bulk_create(events, batch_size=1000)
    if subjects:
        AuditEventSubject.objects.bulk_create(subjects, batch_size=1000)
    AuditHead.objects.filter(pk=1).update(size=frontier.size, last_hash=last, frontier=frontier.to_hex())


def sign_tree_head() -> TreeHead | None:
    """Sign the present tree head and write it to the anchor file too; None when nothing is new."""
    with transaction.atomic():
        head = AuditHead.objects.filter(pk=1).first()
        latest = TreeHead.objects.order_by("-size").first()
        if head is None or head.size == 0 or (latest is not None and latest.size == head.size):
            return None
        key = keys.log_key()
        at = clock.now()
        root = Frontier.from_hex(head.size, head.frontier).root().hex()
        signature = key.sign(keys.head_bytes(head.size, root, chain.moment(at))).hex()
        signed = TreeHead.objects.create(
            size=head.size, root_hash=root, at=at, key_id=keys.key_id(key.public_key()), signature=signature
        )
        entry = {"size": signed.size, "root_hash": root, "at": chain.moment(at), "key_id": signed.key_id, "signature": signature}
        transaction.on_commit(partial(keys.append_anchor, entry))
    return signed


