"""The log's own Ed25519 key (BENHAN_HOME/keys/audit-log.pem) and the public keys a verifier trusts."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings


def key_path() -> Path:
    """Where the signing key lies."""
    return Path(settings.BENHAN_HOME) / "keys" / "audit-log.pem"


def public_folder() -> Path:
    """Where the public keys lie, beside the anchors: give this folder to whoever shall verify without us."""
    return Path(settings.BENHAN_HOME) / "anchors" / "keys"


def signing_key() -> Ed25519PrivateKey:
    """The signing key, made on first use with owner-only rights; its public half is published for verifiers."""
    path = key_path()
    if not path.exists():
        _make(path)
    return _load(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: str, changed_ns: int) -> Ed25519PrivateKey:
    key = load_pem_private_key(Path(path).read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("keys/audit-log.pem is not an Ed25519 key")
    _publish(key.public_key())
    return key


def _make(path: Path) -> None:
    """Write a fresh key under another name first: two processes starting together agree on one key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was faster; its key counts
    except OSError:  # a file system without hard links
        os.replace(fresh, path)
    fresh.unlink(missing_ok=True)


def _publish(public: Ed25519PublicKey) -> None:
    path = public_folder() / f"{key_id(public)}.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def trusted(folder: Path | None = None) -> dict[str, Ed25519PublicKey]:
    """The public keys of a folder by key id. Verifying never makes a key; an unreadable file is simply not trusted."""
    found = {}
    for path in sorted((folder or public_folder()).glob("*.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except ValueError:
            continue
        if isinstance(key, Ed25519PublicKey):
            found[key_id(key)] = key
    return found


def key_id(public: Ed25519PublicKey) -> str:
    """Short name of a key: 16 hex digits of the hash of its raw bytes."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def head_bytes(size: int, root_hash: str, at: str) -> bytes:
    """What is signed of a tree head."""
    return f"benhan.tree-head/1\n{size}\n{root_hash}\n{at}\n".encode()


def signature_holds(public: Ed25519PublicKey, size: int, root_hash: str, at: str, signature_hex: str) -> bool:
    """Does the signature of a tree head hold?"""
    try:
        public.verify(bytes.fromhex(signature_hex), head_bytes(size, root_hash, at))
    except (InvalidSignature, ValueError):
        return False
    return True
