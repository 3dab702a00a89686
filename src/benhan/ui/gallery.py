"""Made-up data for the page of all components."""

from __future__ import annotations

from typing import Any


def context() -> dict[str, Any]:
    """What `ui/gallery.html` draws."""
    return {}
