"""Verification of the log: the live tables, or an exported file with no database at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Max

from benhan.audit import anchors, chain, keys, triggers
from benhan.audit.appending import head_values
from benhan.audit.lines import entries
from benhan.audit.models import AuditEvent, AuditEventSubject, AuditHead, TreeHead
from benhan.audit.walk import LogReport, Walk

CHUNK_ROWS = 2000
GUARDED_TABLES = ("audit_auditevent", "audit_auditeventsubject", "audit_treehead", "audit_audithead")
COLUMNS = (*chain.CHAINED_FIELDS, "prev_hash", "hash")


def verify(*, anchor_file: Path | None = None, public_keys: Path | None = None) -> LogReport:
    """Walk the whole log of the database and compare it with its head, the signed tree heads and the anchor
    file outside. Finds altered, deleted, reordered and truncated rows and says where; people may work meanwhile.
    Give a copy of the anchor file and of the public keys from another machine to also find a rewritten BENHAN_HOME."""
    anchor_file = anchor_file or anchors.anchor_path()
    # Read in this order, an honest log that grows meanwhile can only be ahead of what was read before.
    anchor_bytes = anchor_file.stat().st_size if anchor_file.exists() else 0
    signed_to = TreeHead.objects.aggregate(size=Max("size"))["size"] or 0
    head = AuditHead.objects.filter(pk=1).first()
    walk = Walk(_tree_heads(signed_to), anchors.read(anchor_file, anchor_bytes), keys.trusted(public_keys))
    subjects = _Subjects(walk.report)
    for row in _rows(head.size if head else 0):
        walk.row(row)
        subjects.row(row)
    report = walk.end()
    subjects.end()
    _check_head(report, head)
    _check_beyond(report)
    for table in triggers.missing(connection, GUARDED_TABLES):
        report.add(None, "trigger_missing", f"Bảng {table} không còn trigger chặn sửa và xóa")
    return report


def verify_export(path: Path, *, anchor_file: Path | None = None, public_keys: Path | None = None) -> LogReport:
    """Check an exported JSON-lines log (`export.json_lines`); touches no database. ValueError: not such a file."""
    heads = (entry for entry in entries(path, "tree_head") if anchors.is_head(entry))
    walk = Walk(heads, anchors.read(anchor_file or anchors.anchor_path()), keys.trusted(public_keys))
    for row in entries(path, "event"):
        if not all(name in row for name in COLUMNS):
            raise ValueError(f"{path.name}: an event without all of its fields")
        walk.row(row)
    report = walk.end()
    closing = list(entries(path, "end"))
    if not closing:
        report.add(report.last_seq + 1, "truncated", "Tệp xuất không có dòng kết thúc: có thể đã bị cắt")
    elif (closing[-1].get("size"), closing[-1].get("last_hash")) != (report.last_seq, report.last_hash):
        report.add(None, "head_differs", "Dòng kết thúc của tệp xuất không khớp với các dòng")
    return report


def _rows(size: int) -> Iterator[dict[str, Any]]:
    """Rows in order up to `size`, in chunks by key, so memory stays flat at any length on both databases."""
    after = -(2**62)
    while True:
        found = AuditEvent.objects.filter(seq__gt=after, seq__lte=size).order_by("seq").values(*COLUMNS)
        chunk = list(found[:CHUNK_ROWS])
        yield from chunk
        if len(chunk) < CHUNK_ROWS:
            return
        after = chunk[-1]["seq"]


def _tree_heads(signed_to: int) -> Iterator[dict[str, Any]]:
    after = -1
    while chunk := list(TreeHead.objects.filter(size__gt=after, size__lte=signed_to).order_by("size")[:CHUNK_ROWS]):
        yield from map(head_values, chunk)
        after = chunk[-1].size


class _Subjects:
    """The index behind "who has seen this patient" must name exactly whom the events name. It was written in the order
    of the events, so both are read side by side."""

    def __init__(self, report: LogReport) -> None:
        self.report = report
        self.source = self._read()
        self.next = next(self.source, None)

    @staticmethod
    def _read() -> Iterator[tuple[int, str]]:
        after = 0
        while True:
            found = AuditEventSubject.objects.filter(id__gt=after).order_by("id").values_list("id", "seq", "patient_id")
            chunk = list(found[:CHUNK_ROWS])
            yield from ((seq, patient) for _, seq, patient in chunk)
            if len(chunk) < CHUNK_ROWS:
                return
            after = chunk[-1][0]

    def row(self, row: Mapping[str, Any]) -> None:
        """Compare the index entries of one event."""
        found = []
        while self.next is not None and self.next[0] <= row["seq"]:
            if self.next[0] == row["seq"]:
                found.append(self.next)
            else:
                self._surplus(self.next[0])
            self.next = next(self.source, None)
        if sorted(found) != [(row["seq"], patient) for patient in chain.patients_of(row)]:
            self.report.add(
                row["seq"], "subjects_differ", f"Danh mục người bệnh của dòng {row['seq']} không khớp với dòng đó"
            )

    def end(self) -> None:
        """What is left must belong to events that were added during the walk."""
        size = AuditHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0
        while self.next is not None:
            if not self.report.last_seq < self.next[0] <= size:
                self._surplus(self.next[0])
            self.next = next(self.source, None)

    def _surplus(self, seq: int) -> None:
        self.report.add(seq, "subjects_differ", f"Danh mục người bệnh có mục thừa cho dòng {seq}")


def _check_head(report: LogReport, head: AuditHead | None) -> None:
    if head is None:
        if AuditEvent.objects.exists():
            report.add(None, "head_missing", "Mất dòng đầu mối của nhật ký")
    elif head.size > report.last_seq:
        report.add(
            report.last_seq + 1, "truncated", f"Nhật ký bị cắt sau dòng {report.last_seq}: đầu mối ghi {head.size} dòng"
        )
    elif (head.size and head.last_hash != report.last_hash) or _frontier_differs(report, head):
        report.add(None, "head_differs", "Đầu mối của nhật ký không khớp với các dòng")


def _frontier_differs(report: LogReport, head: AuditHead) -> bool:
    """Only a log without gaps has a frontier to compare."""
    return bool(head.size) and report.events == head.size and head.frontier != report.frontier


def _check_beyond(report: LogReport) -> None:
    """Rows that the head does not count were not written by us. The newest row is read before the head."""
    newest = AuditEvent.objects.aggregate(seq=Max("seq"))["seq"] or 0
    size = AuditHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0
    if newest > size:
        report.add(size + 1, "beyond_head", f"Có dòng sau đầu mối của nhật ký: từ {size + 1} tới {newest}")
