"""One process at a time: two starts at once make one database and one demo hospital, not two halves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from benhan.cli.django_up import Unfit

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # waits ten seconds at most
                return
            except OSError:
                continue

    def _try(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _try(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else is inside, for as long as the block lasts. A killed process leaves nothing behind: the lock
    goes with its open file."""
    with path.open("a+b") as file:
        _lock(file)
        yield


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Be the only one inside, or be told at once that somebody is (Unfit)."""
    with path.open("a+b") as file:
        try:
            _try(file)
        except OSError as error:
            raise Unfit(f"Đang chạy rồi ({path.parent}).", f"It runs already ({path.parent}).") from error
        yield


def is_held(path: Path) -> bool:
    """Is somebody inside right now?"""
    if not path.exists():
        return False
    with path.open("a+b") as file:
        try:
            _try(file)
        except OSError:
            return True
    return False
