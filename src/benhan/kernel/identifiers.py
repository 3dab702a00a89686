"""Identifiers: time-ordered UUIDs for rows, random look-up codes for paper prints."""

from __future__ import annotations

import secrets
import time
import uuid

# No 0/O, 1/I/L: a person reads these from paper.
LOOKUP_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits, so new rows lie together."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def lookup_code(characters: int = 12) -> str:
    """Return a random look-up code (PRN-04: not guessable) of `characters` letters and digits, grouped by four."""
    raw = "".join(secrets.choice(LOOKUP_ALPHABET) for _ in range(characters))
    return "-".join(raw[i : i + 4] for i in range(0, characters, 4))
