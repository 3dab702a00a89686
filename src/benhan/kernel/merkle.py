"""Merkle trees of RFC 9162 (Certificate Transparency) by their frontier: append in O(log n), no tree kept."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

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


def prove(size: int, chosen: Sequence[int], leaves: Iterator[bytes]) -> list[bytes]:
    """What a verifier needs beside some chosen leaves to compute the root of the first `size`: the roots of the largest
    subtrees (RFC 9162 §2.1) that hold no chosen leaf, from left to right. `chosen` are positions from 0 in rising
    order; `leaves` yields all leaf hashes in order and is read once, so memory stays flat."""
    if not chosen:
        return [_root_of_next(size, leaves)] if size else []

    def walk(start: int, count: int) -> Iterator[bytes]:
        if not _any_within(chosen, start, count):
            yield _root_of_next(count, leaves)
        elif count == 1:
            next(leaves)
        else:
            left = _left_of(count)
            yield from walk(start, left)
            yield from walk(start + left, count - left)

    return list(walk(0, size))


def root_with(size: int, chosen: Mapping[int, bytes], proof: Iterable[bytes]) -> bytes:
    """The root that chosen leaf hashes (by position) and a proof from `prove` lead to. ValueError: they do not fit."""
    positions, nodes = sorted(chosen), iter(proof)
    if size < 1 or (positions and not 0 <= positions[0] <= positions[-1] < size):
        raise ValueError("a chosen leaf lies outside of the tree")

    def walk(start: int, count: int) -> bytes:
        if not _any_within(positions, start, count):
            node = next(nodes, None)
            if node is None:
                raise ValueError("the proof is too short")
            return node
        if count == 1:
            return chosen[start]
        left = _left_of(count)
        return node_hash(walk(start, left), walk(start + left, count - left))

    root = walk(0, size)
    if next(nodes, None) is not None:
        raise ValueError("the proof is too long")
    return root


def _left_of(count: int) -> int:
    """How many leaves the left subtree has: the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _any_within(positions: Sequence[int], start: int, count: int) -> bool:
    found = bisect_left(positions, start)
    return found < len(positions) and positions[found] < start + count


def _root_of_next(count: int, leaves: Iterator[bytes]) -> bytes:
    edge = Frontier()
    for _ in range(count):
        edge.append(next(leaves))
    return edge.root()
