"""Named places on pages that rooms above may fill, e.g. allergies in the patient banner. Wired in config/wiring.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_fillers: dict[str, list[Callable[..., Any]]] = {}


def provide(slot: str, filler: Callable[..., Any]) -> None:
    """Fill a slot (wiring only)."""
    _fillers.setdefault(slot, []).append(filler)


def fill(slot: str, **context: Any) -> list[Any]:
    """What the fillers of a slot give for this context; escaped by the template like everything else."""
    return [value for filler in _fillers.get(slot, ()) if (value := filler(**context))]
