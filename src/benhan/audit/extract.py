"""A part of the log for an inspector: rows of a period or of some patients as JSON lines, with the proof (RFC 9162) that
each of them stands unaltered at its place in the signed log. Checked without a database, by `benhan audit check`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db.models import Max, Min

from benhan.audit import chain, export, keys, services
from benhan.audit.appending import head_values
from benhan.audit.lines import entries
from benhan.audit.models import AuditEvent, AuditEventSubject, TreeHead
from benhan.audit.verify import COLUMNS
from benhan.audit.walk import LogReport, leaf_of
from benhan.kernel import clock, merkle

FORMAT = "benhan.audit-extract/1"
CHUNK_ROWS = 500  # of one list of numbers in a question to the database
FIRST_LINE_BYTES_MAX = 100


def extract_lines(
    *,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    patient_ids: Sequence[object] = (),
    reason: str = "",
) -> Iterator[str]:
    """The lines of an extract. `to_at` is excluded; no patients means everybody, nothing at all the whole log. Taking it
    is itself an event of the log (AUD-09), and the log is signed first, so that the proof covers every row."""
    patients = [str(i) for i in patient_ids]
    asked = {"from": _spelled(from_at), "to": _spelled(to_at)}
    services.record("audit.log.export", also_patients=patients, reason=reason, detail=asked)
    services.sign_tree_head()
    if not patients and from_at is None and to_at is None:
        yield from export.json_lines()
        return
    signed = TreeHead.objects.latest("size")
    seqs = _chosen(signed.size, from_at, to_at, patients)
    made_at = chain.moment(clock.now())
    yield _line("extract", {"format": FORMAT, "made_at": made_at, "size": signed.size, **asked, "patients": patients})
    for start in range(0, len(seqs), CHUNK_ROWS):
        chunk = AuditEvent.objects.filter(seq__in=seqs[start : start + CHUNK_ROWS]).order_by("seq")
        for row in chunk.values(*COLUMNS):
            yield _line("event", {**row, "at": chain.moment(row["at"]), "event_id": str(row["event_id"])})
    nodes = merkle.prove(signed.size, [seq - 1 for seq in seqs], _leaves(signed.size))
    yield _line("proof", {"nodes": [node.hex() for node in nodes]})
    yield _line("tree_head", head_values(signed))
    yield _line("end", {"events": len(seqs)})


def _chosen(size: int, from_at: datetime | None, to_at: datetime | None, patients: list[str]) -> Sequence[int]:
    """The numbers of the rows asked for. A period is everything from its first to its last row: without gaps, also when
    the clock was set back in between, so that a row left out is seen."""
    rows = AuditEvent.objects.filter(seq__lte=size)
    if patients:
        rows = rows.filter(seq__in=AuditEventSubject.objects.filter(patient_id__in=patients).values("seq"))
    if from_at is not None:
        rows = rows.filter(at__gte=from_at)
    if to_at is not None:
        rows = rows.filter(at__lt=to_at)
    if patients:
        return list(rows.order_by("seq").values_list("seq", flat=True))
    ends = rows.aggregate(first=Min("seq"), last=Max("seq"))
    return range(ends["first"], ends["last"] + 1) if ends["first"] is not None else ()


def _leaves(size: int) -> Iterator[bytes]:
    for start in range(0, size, CHUNK_ROWS):
        rows = AuditEvent.objects.filter(seq__gt=start, seq__lte=min(size, start + CHUNK_ROWS)).order_by("seq")
        for row_hash in rows.values_list("hash", flat=True):
            yield leaf_of(row_hash)


def is_extract(path: Path) -> bool:
    """Whether a file begins like an extract (and not like the whole log)."""
    with path.open("rb") as file:
        first = file.readline(FIRST_LINE_BYTES_MAX)
    return first.startswith(b'{"type": "extract"')


def verify_extract(path: Path, *, public_keys: Path | None = None) -> LogReport:
    """Check an extract; touches no database. ValueError: not such a file. What it cannot show is a doubt: whether rows
    of the same patients or period were left out."""
    said: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    for entry in entries(path):
        if entry.get("type") == "event":
            events.append(entry)
        else:
            said[str(entry.get("type"))] = entry
    if said.get("extract", {}).get("format") != FORMAT or any(name not in e for e in events for name in COLUMNS):
        raise ValueError(f"{path.name}: not an extract of the log")
    report = LogReport(events=len(events))
    leaves = _check_rows(report, events)
    if said.get("end", {}).get("events") != len(events) or "proof" not in said or "tree_head" not in said:
        report.add(None, "truncated", "Tệp trích bị cắt hoặc thiếu dòng")
        return report
    _check_proof(report, leaves, said["proof"], said["tree_head"], public_keys)
    if said["extract"].get("patients"):
        report.doubt(None, "selection", "Tệp trích theo người bệnh: từng dòng được chứng minh, việc trích đủ thì không")
    elif any(b["seq"] != a["seq"] + 1 for a, b in pairwise(events)):
        report.add(None, "missing", "Các dòng của khoảng thời gian không liền nhau: có dòng bị bỏ ra")
    return report


def _check_rows(report: LogReport, events: list[dict[str, Any]]) -> dict[int, bytes]:
    leaves = {}
    for row in events:
        if chain.link(row["prev_hash"], chain.row_bytes(row)) != row["hash"]:
            report.add(row["seq"], "altered", f"Dòng {row['seq']} đã bị sửa")
        leaves[int(row["seq"]) - 1] = leaf_of(str(row["hash"]))
    if len(leaves) != len(events):
        report.add(None, "reordered", "Có dòng lặp lại")
    return leaves


def _check_proof(
    report: LogReport, leaves: dict[int, bytes], proof: dict[str, Any], head: dict[str, Any], folder: Path | None
) -> None:
    report.tree_heads = 1
    public = keys.trusted(folder).get(head["key_id"])
    if public is None:
        report.add(None, "unknown_key", f"Đầu cây ký bằng khóa lạ {head['key_id']}")
    elif not keys.signature_holds(public, head["size"], head["root_hash"], head["at"], head["signature"]):
        report.add(None, "bad_signature", "Chữ ký của đầu cây không đúng")
    try:
        root = merkle.root_with(int(head["size"]), leaves, [bytes.fromhex(node) for node in proof["nodes"]])
    except ValueError:
        report.add(None, "tree_differs", "Các dòng và bằng chứng không khớp nhau: có dòng bị thêm hoặc bị bỏ")
        return
    if root.hex() != head["root_hash"]:
        report.add(None, "tree_differs", "Các dòng không khớp đầu cây đã ký: có dòng bị sửa, thêm hoặc đổi chỗ")


def _spelled(at: datetime | None) -> str:
    return chain.moment(at) if at is not None else ""


def _line(kind: str, values: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **values}, ensure_ascii=False, sort_keys=kind != "extract") + "\n"
