"""What is published, for the registry of forms. Several processes and nodes serve one house: each asks the database again
after a few seconds, the one that publishes at once."""

from __future__ import annotations

import time

from django.db import DatabaseError

from benhan.formbook.models import OwnForm
from benhan.law.own import OwnDefinition

FRESH_SECONDS = 3.0
_kept: tuple[float, tuple[OwnDefinition, ...]] | None = None


def definitions() -> tuple[OwnDefinition, ...]:
    """The published definitions, at most a few seconds old."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > FRESH_SECONDS:
        _kept = (now, _read(_kept[1] if _kept else ()))
    return _kept[1]


def forget() -> None:
    """Ask the database at the next question."""
    global _kept
    _kept = None


def _read(known: tuple[OwnDefinition, ...]) -> tuple[OwnDefinition, ...]:
    """The rows, as the same object while nothing changed: what is built from them is kept by it."""
    try:
        rows = OwnForm.objects.filter(published_at__isnull=False).order_by("code", "valid_from", "pk")
        found = tuple(
            OwnDefinition(code, kind, day, text)
            for code, kind, day, text in rows.values_list("code", "kind", "valid_from", "definition")
            if day is not None
        )
    except DatabaseError:
        return known  # before the first migration, or a database that is away: its own pages say so
    return known if found == known else found
