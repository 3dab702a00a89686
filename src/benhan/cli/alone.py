"""One process at a time: two starts at once make one database and one demo hospital, not two halves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # waits ten seconds at most
                return
            except OSError:
                continue

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else is inside, for as long as the block lasts. A killed process leaves nothing behind: the lock
    goes with its open file."""
    with path.open("a+b") as file:
        _lock(file)
        yield
