"""A row of bars as SVG, with a figure over each: falling (or not) is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, FOOT, HEAD = 640, 150, 20, 16


def drawn(columns: Sequence[tuple[str, int]], label: str = "") -> Markup:
    """Bars from left to right: (label below, value)."""
    most = max([value for _, value in columns] + [1])
    each = WIDTH / max(len(columns), 1)
    pieces = []
    for number, (name, value) in enumerate(columns):
        height = (HEIGHT - FOOT - HEAD) * value / most
        x, y = number * each, HEIGHT - FOOT - height
        pieces.append(
            Markup(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/><text x="{:.1f}" y="{:.1f}" class="mid">{}</text>'
                '<text x="{:.1f}" y="{}" class="mid">{}</text>'
            ).format(x + each * 0.15, y, each * 0.7, height, x + each / 2, y - 4, value, x + each / 2, HEIGHT - 5, name)
        )
    said = label or ", ".join(f"{name}: {value}" for name, value in columns)
    return Markup('<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, said, Markup("").join(pieces)
    )
