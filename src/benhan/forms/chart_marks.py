"""The marks and dashes that tell the curves of a chart apart without colour."""

from __future__ import annotations

DASHES = ("", "6 3", "2 2.5", "9 3 2 3", "4 2", "1.5 4")
_SHAPES = {
    "dot": '<circle cx="{x}" cy="{y}" r="2.9" fill="{c}"/>',
    "circle": '<circle cx="{x}" cy="{y}" r="2.9" fill="#ffffff" stroke="{c}" stroke-width="1.3"/>',
    "cross": '<path d="M{x} {y} m-3 -3 l6 6 m0 -6 l-6 6" fill="none" stroke="{c}" stroke-width="1.5"/>',
    "up": '<path d="M{x} {y} m-3.6 3.6 l3.6 -6 l3.6 6" fill="none" stroke="{c}" stroke-width="1.5"/>',
    "down": '<path d="M{x} {y} m-3.6 -3.6 l3.6 6 l3.6 -6" fill="none" stroke="{c}" stroke-width="1.5"/>',
    "none": "",
}


def mark_svg(kind: str, x: float, y: float, color: str) -> str:
    """One mark: dot | circle | cross | up (ʌ, diastolic) | down (v, systolic) | none."""
    return _SHAPES.get(kind, _SHAPES["dot"]).format(x=f"{x:.1f}", y=f"{y:.1f}", c=color)


def arrow(x: float, y: float, color: str, *, down: bool) -> str:
    """At the edge of the plot: the value lies beyond."""
    s = 1 if down else -1
    return f'<path d="M{x:.1f} {y + 1.5 * s:.1f} l-4 {-7 * s} h8 Z" fill="{color}"/>'
