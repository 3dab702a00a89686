"""Rows to the end of the chain: one lock, one chain computation, one bulk insert, whatever their number."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from benhan.audit import anchors, chain, keys
from benhan.audit.models import AuditHead, TreeHead
from benhan.kernel import clock
from benhan.kernel.merkle import Frontier, leaf_hash

# A cut of the log's tail that also rewrites the head row shows only against a signed tree head: this bounds the window.
SIGN_EVERY_EVENTS = 1000
BATCH_ROWS = 500  # SQLite takes 32,766 values a statement
COPY_FROM_ROWS = 20  # below, one INSERT is the shorter way
EVENT_COLUMNS = (*chain.CHAINED_FIELDS, "prev_hash", "hash")

Values = tuple[Any, ...]
Statement = tuple[str, list[Any]]

_log = logging.getLogger(__name__)


def append(rows: list[dict[str, Any]]) -> None:
    """Chain `rows` to the end of the log. Must run inside a transaction, as its last work: the lock is
    held until commit. Numbers are given here, so they have no gaps; a transaction that fails gives its numbers back."""
    if not rows:
        return
    head = _locked_head()
    frontier = Frontier.from_hex(head.size, head.frontier)
    events: list[Values] = []
    subjects: list[Values] = []
    last = head.last_hash
    for seq, row in enumerate(rows, head.size + 1):
        chained = {**row, "seq": seq}
        prev, last = last, chain.link(last, chain.row_bytes(chained))
        frontier.append(leaf_hash(bytes.fromhex(last)))
        events.append(_values(chained, prev, last))
        subjects += [(patient, seq) for patient in chain.patients_of(chained)]
    inserts = [
        *_insert("audit_auditevent", EVENT_COLUMNS, events),
        *_insert("audit_auditeventsubject", ("patient_id", "seq"), subjects),
    ]
    _send([*inserts, _moved_head(frontier, last)])
    if frontier.size // SIGN_EVERY_EVENTS > head.size // SIGN_EVERY_EVENTS:
        transaction.on_commit(_sign_when_due, robust=True)


def _locked_head() -> AuditHead:
    """The head row, locked: on PostgreSQL by FOR UPDATE, on SQLite by the write lock of the transaction.
    Plain SQL, because every page that is read passes here and the query builder would take half of the time."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT size, last_hash, frontier FROM audit_audithead WHERE id = 1{lock}")  # noqa: S608 - fixed texts
        found = cursor.fetchone()
    if found is None:
        # Only an empty log may start; rows without their head would collide with the first number and fail loudly.
        AuditHead.objects.bulk_create([AuditHead(pk=1, last_hash=chain.GENESIS)], ignore_conflicts=True)
        return AuditHead.objects.select_for_update().get(pk=1)
    return AuditHead(1, *found)


def _values(row: dict[str, Any], prev_hash: str, own_hash: str) -> Values:
    """A row as its database stores it, in the order of EVENT_COLUMNS."""
    native = connection.features.has_native_uuid_field
    stored = {
        **row,
        "event_id": row["event_id"] if native else row["event_id"].hex,
        "at": connection.ops.adapt_datetimefield_value(row["at"]),
    }
    return (*(stored[name] for name in chain.CHAINED_FIELDS), prev_hash, own_hash)


def _insert(table: str, columns: Sequence[str], rows: Sequence[Values]) -> list[Statement]:
    """What adds the rows, past the query builder: twice as fast. Many rows are copied at once instead.
    The names are our own, never a caller's."""
    names = ", ".join(columns)
    if connection.vendor == "postgresql" and len(rows) >= COPY_FROM_ROWS:
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return []
    one = f"({', '.join(['%s'] * len(columns))})"
    batches = (rows[start : start + BATCH_ROWS] for start in range(0, len(rows), BATCH_ROWS))
    return [
        (
            f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * len(batch))}",  # noqa: S608 - see above
            [value for row in batch for value in row],
        )
        for batch in batches
    ]


def _moved_head(frontier: Frontier, last_hash: str) -> Statement:
    sql = "UPDATE audit_audithead SET size = %s, last_hash = %s, frontier = %s WHERE id = 1"
    return sql, [frontier.size, last_hash, frontier.to_hex()]


def _send(statements: Sequence[Statement]) -> None:
    """PostgreSQL takes them in one message: every page that is read waits for its line in the log, and for each way there
    and back. SQLite, with no way to go, takes one at a time."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "; ".join(sql for sql, _ in statements), [value for _, values in statements for value in values]
            )
            return
        for sql, values in statements:
            cursor.execute(sql, values)


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
