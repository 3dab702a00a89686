"""Merkle trees of RFC 9162 (Certificate Transparency) by their frontier: append in O(log n), no tree kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: the prefix 0x00 keeps leaves and inner nodes apart (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (prefix 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its full subtrees, largest first, and its size."""

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.nodes = list(nodes)
        if len(self.nodes) != size.bit_count():
            raise ValueError("a frontier has one node for each set bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.nodes.pop(), node)
            size >>= 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the tree head over all leaves so far."""
        if not self.nodes:
            return EMPTY_ROOT
        node = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node

    def to_hex(self) -> str:
        """The frontier as one line of text, to be stored beside the log."""
        return ",".join(node.hex() for node in self.nodes)

    @classmethod
    def from_hex(cls, size: int, text: str) -> Frontier:
        """Read back what `to_hex` wrote."""
        return cls(size, [bytes.fromhex(part) for part in text.split(",") if part])
