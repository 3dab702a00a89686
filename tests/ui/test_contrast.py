"""The palette is readable: WCAG 2.2 AA, and 7:1 where clinical text is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "src" / "benhan" / "ui" / "static" / "ui" / "benhan.css"
COLOURS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", CSS.read_text(encoding="utf-8")))
CLINICAL = [("ink", "paper"), ("ink", "ground"), ("ink", "head"), ("ink", "blue-pale"), ("danger", "paper")]
TEXT = [
    ("ink-soft", "paper"),
    ("ink-soft", "ground"),
    ("ink-soft", "blue-pale"),
    ("blue", "paper"),
    ("blue", "ground"),
    ("blue", "blue-pale"),
    ("blue-deep", "blue-pale"),
    ("paper", "blue"),
    ("paper", "blue-deep"),
    ("paper", "danger"),
    ("bar-ink", "bar"),
    ("bar-soft", "bar"),
    ("ok", "ok-pale"),
    ("ok", "paper"),
    ("warn", "warn-pale"),
    ("warn", "paper"),
    ("danger", "danger-pale"),
    ("sealed", "sealed-pale"),
]
SHAPES = [("edge", "paper"), ("edge", "ground"), ("focus", "paper"), ("focus", "ground"), ("focus-bar", "bar")]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("front", "back"), CLINICAL)
def test_clinical_text_stands_out(front: str, back: str) -> None:
    assert contrast(front, back) >= 7


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_is_readable(front: str, back: str) -> None:
    assert contrast(front, back) >= 4.5


@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_borders_of_inputs_and_the_focus_are_seen(front: str, back: str) -> None:
    assert contrast(front, back) >= 3
