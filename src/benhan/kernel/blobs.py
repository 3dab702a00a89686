"""Content-addressed store: a file's name is its SHA-256, so it can be checked, never changed, and shared safely."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benhan.kernel.canonical import sha256_hex

_DIGEST = re.compile(r"^[0-9a-f]{64}$")


class BlobDamaged(Exception):
    """The stored bytes do not match their name any more."""


class BlobStore:
    """Blobs on a disk, as `ab/cd/abcd…`. Written to a temporary file, synced, then renamed: never half there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where a blob lies; refuses anything that is not a digest (no path may be smuggled in)."""
        if not _DIGEST.match(digest):
            raise ValueError("a blob is named by 64 hex digits")
        return self.root / digest[:2] / digest[2:4] / digest

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its digest. Storing the same bytes again costs nothing."""
        digest = sha256_hex(data)
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes, checked against their name on every read."""
        data = self.path(digest).read_bytes()
        if sha256_hex(data) != digest:
            raise BlobDamaged(digest)
        return data

    def has(self, digest: str) -> bool:
        """Is the blob there (its bytes are checked when read)?"""
        return self.path(digest).exists()

    def digests(self) -> Iterator[str]:
        """All digests in the store, in order."""
        for path in sorted(self.root.glob("??/??/*")):
            if _DIGEST.match(path.name):
                yield path.name
