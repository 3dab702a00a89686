"""The medium of a record (R-94): electronic, paper, or both. A room above says what new records of a department are."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

MEDIUM_DEFAULT = "electronic"
# From what to what a record may change: paper that was written stays paper, so nothing becomes purely electronic again.
CHANGES = {("paper", "mixed"), ("electronic", "mixed"), ("mixed", "paper"), ("electronic", "paper")}
_of_new: list[Callable[[UUID], str]] = []


def medium_with(fn: Callable[[UUID], str]) -> None:
    """Let the room that knows the phase of a department say what its new records are (wiring only)."""
    _of_new[:] = [fn]


def medium_of_new(department_id: UUID) -> str:
    """What a record opened now in that department is."""
    return _of_new[0](department_id) if _of_new else MEDIUM_DEFAULT
