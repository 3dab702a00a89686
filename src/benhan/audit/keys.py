"""The log's own Ed25519 key, and the anchor file that lies outside the database."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key,
)
from django.conf import settings


def anchor_path() -> Path:
    """Where signed tree heads are kept apart from the database (AUD-03, INT-07)."""
    return Path(settings.BENHAN_HOME) / "anchors" / "tree-heads.jsonl"


def log_key() -> Ed25519PrivateKey:
    """The signing key of the log, made on first use with owner-only rights."""
    path = Path(settings.BENHAN_HOME) / "keys" / "audit-log.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Ed25519PrivateKey.generate()
        pem = fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process was faster; its key counts
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("keys/audit-log.pem is not an Ed25519 key")
    return key


def key_id(public: Ed25519PublicKey) -> str:
    """Short name of a key: 16 hex digits of the hash of its raw bytes."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def head_bytes(size: int, root_hash: str, at: str) -> bytes:
    """What is signed of a tree head."""
    return f"benhan.tree-head/1\n{size}\n{root_hash}\n{at}\n".encode("ascii")


def signature_holds(public: Ed25519PublicKey, size: int, root_hash: str, at: str, signature_hex: str) -> bool:
    """Does the signature of a tree head hold?"""
    try:
        public.verify(bytes.fromhex(signature_hex), head_bytes(size, root_hash, at))
    except (InvalidSignature, ValueError):
        return False
    return True


def append_anchor(entry: dict[str, Any]) -> None:
    """Write a signed tree head to the anchor file, synced."""
    path = anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(entry, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
