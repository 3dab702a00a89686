"""The chain as pure functions: how a row becomes bytes, a hash and a leaf of the tree. Knows no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

CHAINED_FIELDS = (
    "seq",
    "event_id",
    "at",
    "account_id",
    "account_name",
    "person_name",
    "account_kind",
    "roles",
    "source_ip",
    "source_port",
    "device",
    "session",
    "action",
    "outcome",
    "object_type",
    "object_id",
    "object_version",
    "patient_id",
    "record_id",
    "reason",
    "detail",
    "subjects",
)
GENESIS = "0" * 64


def moment(at: datetime | str) -> str:
    """The one spelling of a time in the chain: UTC with microseconds. A text (of an export) is already spelled."""
    return at if isinstance(at, str) else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def row_bytes(row: Mapping[str, Any]) -> bytes:
    """The bytes of a row: a JSON array of its fields in the fixed order above. An array of texts and integers has one
    spelling only, so this is canonical without sorting keys, and twice as fast as RFC 8785 of an object."""
    return orjson.dumps([moment(row[f]) if f == "at" else row[f] for f in CHAINED_FIELDS])


def link(prev_hash: str, body: bytes) -> str:
    """The hash of a row: over the hash before it and its own bytes."""
    return hashlib.sha256(prev_hash.encode("ascii", "replace") + body).hexdigest()


def patients_of(row: Mapping[str, Any]) -> list[str]:
    """Everybody whose data an event touched, in a stable order: the rows it has in the subject table."""
    named = [row["patient_id"], *str(row["subjects"]).split(",")]
    return sorted({patient for patient in named if patient})
