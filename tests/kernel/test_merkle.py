"""Inclusion proofs for many leaves at once (RFC 9162)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benhan.kernel.merkle import Frontier, leaf_hash, prove, root_with

LEAVES = [leaf_hash(bytes([n])) for n in range(70)]


def root(size: int) -> bytes:
    edge = Frontier()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    return edge.root()


@given(st.integers(1, 70), st.data())
def test_chosen_leaves_and_their_proof_lead_to_the_root(size: int, data: st.DataObject) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(0, size - 1))))
    proof = prove(size, chosen, iter(LEAVES))
    assert root_with(size, {n: LEAVES[n] for n in chosen}, proof) == root(size)
    if chosen:
        wrong = {n: LEAVES[n] for n in chosen} | {chosen[0]: leaf_hash(b"other")}
        assert root_with(size, wrong, proof) != root(size)


def test_one_leaf_of_many_needs_a_short_proof() -> None:
    assert len(prove(64, [5], iter(LEAVES))) == 6


@pytest.mark.parametrize("broken", [[], [b"x" * 32] * 9])
def test_a_proof_that_does_not_fit_is_said_to(broken: list[bytes]) -> None:
    with pytest.raises(ValueError, match="proof"):
        root_with(9, {3: LEAVES[3]}, broken)
    with pytest.raises(ValueError, match="outside"):
        root_with(3, {3: LEAVES[3]}, [])
