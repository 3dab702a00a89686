"""The anchor file: signed tree heads outside the database, a JSON line each: a rewritten database is found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

LINE_BYTES_MAX = 2000


def anchor_path() -> Path:
    """Where signed tree heads are kept apart from the database (AUD-03, INT-07). Copy it off the machine regularly."""
    return Path(settings.BENHAN_HOME) / "anchors" / "tree-heads.jsonl"


def append(entries: Iterable[dict[str, Any]], path: Path | None = None) -> None:
    """Add signed tree heads at the end, synced to the disk. A line torn by a crash is closed first."""
    lines = "".join(json.dumps(entry, sort_keys=True) + "\n" for entry in entries)
    if not lines:
        return
    path = path or anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            lines = lines if file.read(1) == b"\n" else "\n" + lines
        file.write(lines.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def last_size(path: Path | None = None) -> int:
    """The size fixed by the newest readable line; 0 when there is none."""
    path = path or anchor_path()
    if not path.exists():
        return 0
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 2 * LINE_BYTES_MAX))
        lines = file.read().splitlines()
    for line in reversed(lines):
        entry = parse(line)
        if entry is not None:
            return int(entry["size"])
    return 0


def read(path: Path, bytes_max: int | None = None) -> Iterator[dict[str, Any] | None]:
    """The entries of an anchor file in order, by lines up to `bytes_max`; None stands for an unreadable line."""
    if not path.exists():
        return
    left = path.stat().st_size if bytes_max is None else bytes_max
    with path.open("rb") as file:
        for line in file:
            left -= len(line)
            if left < 0:
                return
            if line.strip():
                yield parse(line)


def parse(line: bytes) -> dict[str, Any] | None:
    """One line as a tree head, or None when it is not one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if is_head(entry) else None


def is_head(entry: object) -> bool:
    """Has this the shape of a signed tree head?"""
    texts = ("root_hash", "at", "key_id", "signature")
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("size"), int)
        and all(isinstance(entry.get(name), str) for name in texts)
    )
