"""Sealed packages: write one (`packing`), verify one (`package_check`). The door for other rooms."""

from __future__ import annotations

from benhan.proof.package_check import verify_package
from benhan.proof.packing import Package, SealedVolume, write_package

__all__ = ["Package", "SealedVolume", "verify_package", "write_package"]
