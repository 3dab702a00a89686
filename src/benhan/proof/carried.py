"""Parts of a document that were signed in an earlier version and carried into a later one (part A of a record form, signed at
admission, when part B is written): the package holds both versions, and what the later one says of the earlier one must be so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

MARK = b'"signed_parts"'  # documents without it carry nothing and are not read again


def faults(
    entry: dict[str, Any], documents: list[dict[str, Any]], read: Callable[[str], bytes]
) -> Iterator[tuple[str, str]]:
    """(code, words) for what is wrong with the carried parts of one manifest entry. `read` gives the bytes of a file of the
    volume; they were compared with the manifest before."""
    payload = json.loads(read(entry["json"]))
    for part in payload.get("signed_parts", []):
        before = next(
            (
                d
                for d in documents
                if d["document_id"] == entry["document_id"] and d["version_no"] == part.get("version_no")
            ),
            None,
        )
        name = str(part.get("part", ""))
        if (
            before is None
            or before["version_no"] >= entry["version_no"]
            or before["content_sha256"] != part.get("sha256")
        ):
            yield "carried_missing", f"Phần {name} nói đã ký ở một phiên bản không có trong hồ sơ"
            continue
        if not part.get("sections") or not part.get("positions"):
            yield "carried_empty", f"Phần {name} nói đã ký mà không nêu mục nào hoặc ai ký"
            continue
        earlier = json.loads(read(before["json"]))
        if any(earlier["content"].get(s) != payload["content"].get(s) for s in part["sections"]):
            yield "carried_changed", f"Phần {name} khác với bản đã ký"
        signed = {s["position"] for s in before["signatures"]} | {c["position"] for c in before["confirmations"]}
        if any(p["id"] not in signed for p in part["positions"]):
            yield "carried_unsigned", f"Phần {name} nói có chữ ký mà phiên bản trước không có"
