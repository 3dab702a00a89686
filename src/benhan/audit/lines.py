"""The JSON lines of an exported log, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def entries(path: Path, kind: str = "") -> Iterator[dict[str, Any]]:
    """The objects of the file in order, of one `type` or all. ValueError names the line that is not one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path.name}: line {number} is not JSON") from error
            if not isinstance(entry, dict):
                raise ValueError(f"{path.name}: line {number} is not an object")
            if not kind or entry.get("type") == kind:
                yield entry
