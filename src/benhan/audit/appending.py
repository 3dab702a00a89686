"""Rows to the end of the chain: one lock, one chain computation, one bulk insert, whatever their number."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from benhan.audit import anchors, chain, keys
from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead, TreeHead
from benhan.kernel import clock
from benhan.kernel.merkle import Frontier, leaf_hash

# A cut of the log's tail that also rewrites the head row shows only against a signed tree head: this bounds the window.
SIGN_EVERY_EVENTS = 1000
BATCH_ROWS = 1000

_log = logging.getLogger(__name__)


def append(rows: list[dict[str, Any]]) -> None:
    """Chain `rows` to the end of the log. Must run inside a transaction, as its last work: the lock is
    held until commit. Numbers are given here, so they have no gaps; a transaction that fails gives its numbers back."""
    if not rows:
        return
    head = _locked_head()
    frontier = Frontier.from_hex(head.size, head.frontier)
    events, subjects, last = [], [], head.last_hash
    for seq, row in enumerate(rows, head.size + 1):
        chained = {**row, "seq": seq}
        prev, last = last, chain.link(last, chain.row_bytes(chained))
        frontier.append(leaf_hash(bytes.fromhex(last)))
        events.append(AuditEvent(**chained, prev_hash=prev, hash=last))
        subjects += [AuditEventSubject(patient_id=patient, seq=seq) for patient in chain.patients_of(chained)]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH_ROWS)
    if subjects:
        AuditEventSubject.objects.bulk_create(subjects, batch_size=BATCH_ROWS)
    AuditHead.objects.filter(pk=1).update(size=frontier.size, last_hash=last, frontier=frontier.to_hex())
    if frontier.size // SIGN_EVERY_EVENTS > head.size // SIGN_EVERY_EVENTS:
        transaction.on_commit(_sign_when_due, robust=True)


def _locked_head() -> AuditHead:
    """The head row, locked: on PostgreSQL by FOR UPDATE, on SQLite by the write lock of the transaction."""
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(pk=1, last_hash=chain.GENESIS)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def _sign_when_due() -> None:
    """The data are already committed: a full disk beside the database must not turn a saved sheet into an error."""
    try:
        sign_tree_head()
    except OSError:
        _log.exception("the tree head of the audit log could not be signed or anchored")


def sign_tree_head() -> TreeHead | None:
    """Sign the present tree head, keep it in the database and in the anchor file outside it (AUD-03).
    Returns None when nothing is new since the last one; an anchor file that a crash left short is completed anyway."""
    with transaction.atomic():
        head = _locked_head()
        latest = TreeHead.objects.order_by("-size").first()
        fresh = None
        if head.size and (latest is None or latest.size < head.size):
            at = clock.now()
            root = Frontier.from_hex(head.size, head.frontier).root().hex()
            key = keys.signing_key()
            signature = key.sign(keys.head_bytes(head.size, root, chain.moment(at))).hex()
            fresh = TreeHead.objects.create(
                size=head.size, root_hash=root, at=at, key_id=keys.key_id(key.public_key()), signature=signature
            )
        transaction.on_commit(_complete_anchors)
    return fresh


def _complete_anchors() -> None:
    missing = TreeHead.objects.filter(size__gt=anchors.last_size()).order_by("size")
    anchors.append([head_values(head) for head in missing.iterator()])


def head_values(head: TreeHead) -> dict[str, Any]:
    """A tree head as plain values: a line of the anchor file, of an export, of a printed sheet."""
    return {
        "size": head.size,
        "root_hash": head.root_hash,
        "at": chain.moment(head.at),
        "key_id": head.key_id,
        "signature": head.signature,
    }
