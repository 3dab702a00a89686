"""The check of a log as a walk over plain values: rows in order, signed tree heads, anchors. Knows no database, so the
same walk judges the live tables and an exported file. Memory stays flat at any length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benhan.audit import chain, keys
from benhan.kernel.merkle import Frontier, leaf_hash

FINDINGS_MAX = 100
REORDER_WINDOW_ROWS = 50

Row = Mapping[str, Any]
Head = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: where (`seq`, None = the whole log), stable code, Vietnamese sentence."""

    seq: int | None
    code: str
    message: str


@dataclass
class LogReport:
    """The answer of a verification. `doubts` could not be judged and do not break the log."""

    events: int = 0
    tree_heads: int = 0
    anchors: int = 0
    anchored_to: int = 0
    findings: list[Finding] = field(default_factory=list)
    findings_count: int = 0
    doubts: list[Finding] = field(default_factory=list)
    last_seq: int = 0
    last_hash: str = chain.GENESIS
    frontier: str = ""

    @property
    def holds(self) -> bool:
        """Is the log whole?"""
        return not self.findings_count

    def add(self, seq: int | None, code: str, message: str) -> None:
        """Add a finding; beyond a limit they are only counted, so that a wrecked log stays readable."""
        self.findings_count += 1
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(seq, code, message))

    def doubt(self, seq: int | None, code: str, message: str) -> None:
        """Add something that cannot be told."""
        self.doubts.append(Finding(seq, code, message))


class _Fixed:
    """Signed tree heads of one origin in rising order, taken off as the walk passes them."""

    def __init__(
        self, report: LogReport, heads: Iterable[Head | None], trusted: Mapping[str, Ed25519PublicKey], name: str
    ):
        self.report, self.trusted, self.name = report, trusted, name
        self.count = 0
        self.source = self._good(heads)
        self.next: Head | None = next(self.source, None)

    def _good(self, heads: Iterable[Head | None]) -> Iterator[Head]:
        previous = 0
        for head in heads:
            if head is None:
                self.report.add(None, "anchor_unreadable", f"Có dòng không đọc được trong {self.name}")
                continue
            self.count += 1
            size = int(head["size"])
            if size < previous:
                self.report.add(size, "head_disorder", f"Đầu cây {size} sai thứ tự trong {self.name}")
            elif self._signature_holds(head, size):
                previous = size
                yield head

    def _signature_holds(self, head: Head, size: int) -> bool:
        public = self.trusted.get(head["key_id"])
        if public is None:
            self.report.add(size, "unknown_key", f"Đầu cây {size} trong {self.name} ký bằng khóa lạ {head['key_id']}")
            return False
        if not keys.signature_holds(public, size, head["root_hash"], head["at"], head["signature"]):
            self.report.add(size, "bad_signature", f"Chữ ký của đầu cây {size} trong {self.name} không đúng")
            return False
        return True

    def take(self, size: int) -> list[Head]:
        """The heads that fix exactly `size` rows, and any smaller one that the walk has jumped over."""
        taken = []
        while self.next is not None and int(self.next["size"]) <= size:
            taken.append(self.next)
            self.next = next(self.source, None)
        return taken


class Walk:
    """One pass over a log. `row` for each row in order, then `end`."""

    def __init__(
        self, heads: Iterable[Head | None], anchors: Iterable[Head | None], trusted: Mapping[str, Ed25519PublicKey]
    ) -> None:
        self.report = LogReport()
        self.stored = _Fixed(self.report, heads, trusted, "cơ sở dữ liệu")
        self.anchored = _Fixed(self.report, anchors, trusted, "tệp neo")
        self.frontier = Frontier()
        self.fixed_to = 0  # the last size whose signed head matched
        self.tree_is_lost = False  # rows are missing: later positions in the tree cannot be compared

    def row(self, row: Row) -> None:
        """Judge the next row."""
        report, seq = self.report, int(row["seq"])
        expected = report.last_seq + 1
        if seq != expected:
            self._gap(expected, seq)
        elif row["prev_hash"] != report.last_hash:
            report.add(seq, "broken_link", f"Dòng {seq} không nối với dòng trước")
        if chain.link(row["prev_hash"], chain.row_bytes(row)) != row["hash"]:
            self._altered(row, seq)
        report.events += 1
        report.last_seq, report.last_hash = max(seq, report.last_seq), str(row["hash"])
        self.frontier.append(leaf_of(report.last_hash))
        self._compare(seq)

    def _gap(self, expected: int, seq: int) -> None:
        self.tree_is_lost = True
        if seq > expected:
            last = f" tới {seq - 1}" if seq - 1 > expected else ""
            self.report.add(expected, "missing", f"Thiếu dòng {expected}{last}")
        else:
            self.report.add(seq, "reordered", f"Dòng {seq} đứng sai chỗ, đang chờ dòng {expected}")

    def _altered(self, row: Row, seq: int) -> None:
        """Say whether the row was changed or carries the content of a neighbour."""
        near = range(max(1, seq - REORDER_WINDOW_ROWS), seq + REORDER_WINDOW_ROWS + 1)
        if self.report.findings_count < FINDINGS_MAX:
            for other in near:
                if chain.link(row["prev_hash"], chain.row_bytes({**row, "seq": other})) == row["hash"]:
                    self.report.add(seq, "reordered", f"Dòng {seq} mang nội dung của dòng {other}: thứ tự đã bị đổi")
                    return
        self.report.add(seq, "altered", f"Dòng {seq} đã bị sửa")

    def _compare(self, size: int) -> None:
        stored, anchored = self.stored.take(size), self.anchored.take(size)
        if not stored and not anchored:
            return
        known = {int(head["size"]) for head in stored}
        for head in anchored:
            if int(head["size"]) not in known:
                self.report.add(
                    int(head["size"]),
                    "head_missing",
                    f"Đầu cây {head['size']} có trong tệp neo, mất trong cơ sở dữ liệu",
                )
        if self.tree_is_lost:
            return
        root = self.frontier.root().hex()
        wrong = [
            origin.name
            for heads, origin in ((stored, self.stored), (anchored, self.anchored))
            if any(int(head["size"]) == size and head["root_hash"] != root for head in heads)
        ]
        if wrong:
            start, where = self.fixed_to + 1, ", ".join(wrong)
            message = f"Có dòng từ {start} tới {size} đã bị viết lại: không khớp đầu cây đã ký trong {where}"
            self.report.add(start, "tree_differs", message)
            self.tree_is_lost = True
            return
        self.fixed_to = size
        if anchored:
            self.report.anchored_to = size

    def end(self) -> LogReport:
        """The rows are over: heads that fix more rows than there are tell of a cut."""
        report = self.report
        for fixed in (self.stored, self.anchored):
            beyond = fixed.next
            if beyond is not None:
                largest = max(int(head["size"]) for head in (beyond, *fixed.source))
                report.add(
                    report.last_seq + 1,
                    "truncated",
                    f"Nhật ký bị cắt sau dòng {report.last_seq}: đầu cây đã ký trong {fixed.name} có {largest} dòng",
                )
        report.tree_heads, report.anchors = self.stored.count, self.anchored.count
        report.frontier = self.frontier.to_hex()
        if report.tree_heads and not report.anchors:
            report.add(None, "anchors_missing", "Có đầu cây đã ký nhưng tệp neo bên ngoài trống hoặc không còn")
        if report.events > self.fixed_to and report.holds:
            report.doubt(
                self.fixed_to + 1, "not_fixed_yet", f"Các dòng từ {self.fixed_to + 1} chưa có đầu cây đã ký che chở"
            )
        return report


def leaf_of(row_hash: str) -> bytes:
    """The leaf of the tree for a row, by the row's hash in hex."""
    try:
        return leaf_hash(bytes.fromhex(row_hash))
    except ValueError:  # somebody wrote nonsense into the hash; the row is already a finding
        return leaf_hash(row_hash.encode())
