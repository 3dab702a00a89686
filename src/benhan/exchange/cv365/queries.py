"""Reads of the exchange."""

from __future__ import annotations

import json
from typing import Any

from benhan.exchange.cv365.model import Model
from benhan.exchange.cv365.models import Arrival, Export
from benhan.exchange.cv365.schema import GROUPS
from benhan.records.models import MedicalRecord

ROWS_MAX = 100


def exports_of(record: MedicalRecord) -> list[Export]:
    """Everything that left of a record, newest first."""
    return list(Export.objects.filter(record=record).order_by("-made_at")[:ROWS_MAX])


def arrivals() -> list[tuple[Arrival, list[dict[str, str]]]]:
    """Files that came, newest first, with their faults."""
    return [(row, list(json.loads(row.faults))) for row in Arrival.objects.select_related("record")[:ROWS_MAX]]


def filled(model: Model) -> list[tuple[str, int, int]]:
    """(group, elements with a value, lines of its list): what the file will hold."""
    return [(name, _count(model[name]), len(model[name].get("danhsach", []))) for name in GROUPS]


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_count(v) for v in value.values())
    return sum(_count(v) for v in value) if isinstance(value, list) else int(bool(value))
