"""The chain as pure functions: how a row becomes bytes, a hash and a leaf of the tree."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson

CHAINED_FIELDS = (
    "seq", "at", "account_id", "account_name", "person_name", "account_kind", "roles", "source_ip", "source_port",
    "device", "session", "action", "outcome", "object_type", "object_id", "object_version", "patient_id", "record_id",
    "reason", "detail", "subjects",
)
GENESIS = "0" * 64


def moment(at: datetime) -> str:
    """The one spelling of a time in the chain: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def row_bytes(row: dict[str, Any]) -> bytes:
    """The bytes of a row: a JSON array of its fields in the fixed order above. An array of texts and integers has one
    spelling only, so this is canonical without sorting keys, and twice as fast."""
    return orjson.dumps([moment(row[f]) if f == "at" else row[f] for f in CHAINED_FIELDS])


def link(prev_hash: str, body: bytes) -> str:
    """The hash of a row: over the hash before it and its own bytes."""
    return hashlib.sha256(prev_hash.encode("ascii") + body).hexdigest()
