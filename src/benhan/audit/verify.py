"""Verification of the log: finds altered, deleted, reordered and truncated rows, a rewritten head, and says where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


from benhan.audit import chain, keys
from benhan.audit.models import AuditEvent, AuditHead, TreeHead
from benhan.kernel.merkle import Frontier, leaf_hash

FINDINGS_MAX = 100
CHUNK_ROWS = 2000


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: where (`seq`, None = the whole log), stable code, Vietnamese sentence."""

    seq: int | None
    code: str
    message: str


@dataclass
class LogReport:
    """The answer of a verification."""

    events: int = 0
    tree_heads: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)
    last_hash: str = ""
    frontier: str = ""

    @property
    def holds(self) -> bool:
        """Is the log whole?"""
        return not self.findings

    def add(self, seq: int | None, code: str, message: str) -> None:
        """Add a finding, up to a limit that keeps a wrecked log readable."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(seq, code, message))


def verify(*, anchor_file: Path | None = None) -> LogReport:
    """Walk the whole log of the database and compare it with head, signed tree heads and the anchor file outside."""
    heads = [
        {"size": h.size, "root_hash": h.root_hash, "at": chain.moment(h.at), "key_id": h.key_id, "signature": h.signature}
        for h in TreeHead.objects.order_by("size")
    ]
    anchors = list(read_anchors(anchor_file or keys.anchor_path()))
    report = walk(_rows(), heads, anchors)
    head = AuditHead.objects.filter(pk=1).first()
    _check_head(report, head)
    return report


def walk(rows: Iterable[dict[str, Any]], heads: list[dict[str, Any]], anchors: list[dict[str, Any]]) -> LogReport:
    """Check rows in order against chain and tree heads. Needs no database: also runs on an exported log."""
    report = LogReport(tree_heads=len(heads), anchors=len(anchors))
    expected = {int(h["size"]): h["root_hash"] for h in heads}
    for anchor in anchors:
        size, root = int(anchor["size"]), anchor["root_hash"]
        if expected.setdefault(size, root) != root:
            report.add(size, "head_differs", "Đầu cây đã ký trong cơ sở dữ liệu khác với bản neo bên ngoài")
    _check_signatures(report, [*heads, *anchors])
    _check_missing_heads(report, heads, anchors)
    frontier, last = Frontier(), chain.GENESIS
    for row in rows:
        last = _check_row(report, row, frontier.size + 1, last)
        frontier.append(leaf_hash(bytes.fromhex(last)))
        root = expected.pop(frontier.size, None)
        if root is not None and frontier.root().hex() != root:
            report.add(frontier.size, "tree_differs", f"Nội dung tới dòng {frontier.size} không khớp với đầu cây đã ký")
    for size in sorted(expected):
        report.add(size, "truncated", f"Nhật ký đã bị cắt: đầu cây đã ký có {size} dòng, chỉ còn {frontier.size}")
    report.events = frontier.size
    report.last_hash, report.frontier = last, frontier.to_hex()
    return report


def _check_row(report: LogReport, row: dict[str, Any], seq: int, last: str) -> str:
    if row["seq"] != seq:
        report.add(seq, "missing", f"Thiếu hoặc đảo thứ tự: chờ dòng {seq}, gặp dòng {row['seq']}")
    if row["prev_hash"] != last:
        report.add(row["seq"], "broken_link", f"Dòng {row['seq']} không nối với dòng trước")
    computed = chain.link(row["prev_hash"], chain.row_bytes(row))
    if computed != row["hash"]:
        report.add(row["seq"], "altered", f"Dòng {row['seq']} đã bị sửa")
    return str(row["hash"])


def _check_signatures(report: LogReport, heads: list[dict[str, Any]]) -> None:
    public = keys.log_key().public_key()
    for head in heads:
        if head["key_id"] != keys.key_id(public):
            report.add(int(head["size"]), "unknown_key", f"Đầu cây {head['size']} ký bằng khóa lạ")
        elif not keys.signature_holds(public, int(head["size"]), head["root_hash"], head["at"], head["signature"]):
            report.add(int(head["size"]), "bad_signature", f"Chữ ký của đầu cây {head['size']} không đúng")


def _check_missing_heads(report: LogReport, heads: list[dict[str, Any]], anchors: list[dict[str, Any]]) -> None:
    stored = {int(h["size"]) for h in heads}
    for anchor in anchors:
        if int(anchor["size"]) not in stored:
            report.add(int(anchor["size"]), "head_missing", f"Đầu cây {anchor['size']} có trong bản neo nhưng mất trong cơ sở dữ liệu")


def _check_head(report: LogReport, head: AuditHead | None) -> None:
    if head is None:
        if report.events:
            report.add(None, "no_head", "Mất dòng đầu mối của nhật ký")
        return
    if head.size != report.events:
        report.add(None, "truncated", f"Đầu mối ghi {head.size} dòng, trong bảng còn {report.events} dòng")
    elif (head.last_hash, head.frontier) != (report.last_hash, report.frontier):
        report.add(None, "head_differs", "Đầu mối của nhật ký không khớp với các dòng")


def _rows() -> Iterator[dict[str, Any]]:
    """Rows in order, in chunks by key, so memory stays flat at any length."""
    after = -1
    columns = [*chain.CHAINED_FIELDS, "prev_hash", "hash"]
    while True:
        chunk = list(AuditEvent.objects.filter(seq__gt=after).order_by("seq").values(*columns)[:CHUNK_ROWS])
        yield from chunk
        if len(chunk) < CHUNK_ROWS:
            return
        after = chunk[-1]["seq"]


def read_anchors(path: Path) -> Iterator[dict[str, Any]]:
    """The signed tree heads kept outside the database."""
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            if line.strip():
                yield json.loads(line)


