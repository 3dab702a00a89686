"""A QR code as an SVG of one path: for the look-up code on paper."""

from __future__ import annotations

import segno

QUIET = 2  # modules of white around; the paper itself is white


def qr_svg(text: str) -> str:
    """The QR of a short text, error correction M: read from a crumpled copy, small enough for a footer."""
    rows = segno.make(text, error="m", micro=False).matrix
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" '
        f'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#ffffff"/><path d="{path}"/></svg>'
    )
