"""The same house of trust as in `tests/proof`."""

from __future__ import annotations

from tests.proof.conftest import house, package, page, signed, signed_twice, tsa

__all__ = ["house", "package", "page", "signed", "signed_twice", "tsa"]
