"""Canonical JSON (RFC 8785) and hashes: the same content has the same bytes and the same fingerprint everywhere."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

HASH_NAME = "sha256"


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value. Integers beyond 2^53 and NaN are refused by the standard."""
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of `value`: what a signature or a confirmation is bound to."""
    return sha256_hex(canonical(value))
