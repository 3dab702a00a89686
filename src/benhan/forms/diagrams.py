"""Pictures of the body that are marked: teeth, skin, eyes… One function draws a picture with its marks, for screen and paper.

A mark names a part, so it can be searched, counted and read aloud; the drawing is made from it, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import yaml

from benhan.forms.definition import Choice, FormBroken

FILES = Path(__file__).resolve().parent / "diagram_files"
FONT = "Noto Sans, Noto Serif, sans-serif"
INK, PALE = "#222222", "#777777"
# Told apart without colour: each mark has its letter and its own hatching; the colour is only a help.
COLOURS = ("#c62828", "#1565c0", "#2e7d32", "#ef6c00", "#6a1b9a", "#00838f", "#5d4037", "#37474f")
HATCHES = (
    "M0 6L6 0",
    "M0 0L6 6",
    "M3 0V6",
    "M0 3H6",
    "M0 6L6 0M0 0L6 6",
    "M3 0V6M0 3H6",
    "M1 1h1v1h-1Z",
    "M0 0H6V6H0Z",
)
LEGEND_LINE, LEGEND_WIDTH = 15, 150


@dataclass(frozen=True)
class Part:
    """A place of a picture that can be marked. `shape` is the path of an SVG, `at` where its mark's letter stands."""

    id: str
    label_vi: str
    label_en: str
    shape: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Diagram:
    """A picture: its parts in the order of drawing (later ones lie above), lines and words that cannot be marked."""

    name: str
    title_vi: str
    title_en: str
    size: tuple[float, float]
    parts: tuple[Part, ...]
    lines: tuple[str, ...] = ()
    texts: tuple[tuple[float, float, str], ...] = ()

    def part(self, part_id: str) -> Part | None:
        """The part of that id."""
        return next((p for p in self.parts if p.id == part_id), None)


@cache
def names() -> frozenset[str]:
    """The pictures there are."""
    return frozenset(path.stem for path in FILES.glob("*.yaml"))


@cache
def diagram(name: str) -> Diagram:
    """A picture by name. FormBroken when there is none: only a name of `names()` ever becomes a path."""
    if name not in names():
        raise FormBroken(f"không có hình “{name}”")
    raw: dict[str, Any] = yaml.safe_load((FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    parts = tuple(
        Part(str(p["id"]), p["label_vi"], p["label_en"], p["shape"], (p["at"][0], p["at"][1])) for p in raw["parts"]
    )
    texts = tuple((t["x"], t["y"], str(t["text"])) for t in raw.get("texts", []))
    width, height = raw["size"]
    return Diagram(name, raw["title_vi"], raw["title_en"], (width, height), parts, tuple(raw.get("lines", [])), texts)


def part_ids(name: str) -> frozenset[str]:
    """Ids of the parts of a picture; none for no picture."""
    return frozenset(p.id for p in diagram(name).parts) if name in names() else frozenset()


def letters(choices: tuple[Choice, ...]) -> dict[str, str]:
    """The short sign of each mark: its code when that is short, else a letter."""
    short = all(len(c.code) <= 2 for c in choices)
    return {c.code: c.code.upper() if short else chr(ord("A") + n % 26) for n, c in enumerate(choices)}


def svg(picture: Diagram, choices: tuple[Choice, ...], marks: Any, *, for_screen: bool = False) -> str:
    """The picture with its marks and, below, what each sign means. `marks` is the content of the field: what has not its
    shape, or names no part, is not drawn. `for_screen` adds what scripts need to mark a part (`data-part`)."""
    width, height = picture.size
    signs = letters(choices)
    placed = _placed(picture, signs, marks)
    legend, legend_height = _legend(choices, signs, width, height)
    whole = height + legend_height
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {whole:g}" class="diagram" role="group">',
        f"<title>{escape(picture.title_vi)}</title>",
        _patterns(picture.name, choices),
    ]
    order = {c.code: n for n, c in enumerate(choices)}
    for part in picture.parts:
        here = placed.get(part.id, [])
        fill = f"url(#{picture.name}-{order[here[0]]})" if here else "#ffffff"
        extra = f' data-part="{escape(part.id)}" class="part" tabindex="-1"' if for_screen else ""
        body.append(
            f'<path d="{part.shape}" fill="{fill}" fill-rule="evenodd" stroke="{INK}" stroke-width="0.8"{extra}>'
            f"<title>{escape(part.label_vi)}</title></path>"
        )
    body += [f'<path d="{d}" fill="none" stroke="{PALE}" stroke-width="0.8"/>' for d in picture.lines]
    body += [_text(x, y, text, 8) for x, y, text in picture.texts]
    body += [_sign(picture, part_id, codes, signs) for part_id, codes in placed.items()]
    return "".join([*body, legend, "</svg>"])


def backdrop(picture: Diagram, drawn: str) -> str:
    """The picture in grey with strokes drawn over it (the path of a drawing, already checked to be nothing else)."""
    width, height = picture.size
    parts = "".join(
        f'<path d="{p.shape}" fill="#ffffff" fill-rule="evenodd" stroke="#999999" stroke-width="0.8"/>'
        for p in picture.parts
    )
    lines = "".join(f'<path d="{d}" fill="none" stroke="#bbbbbb" stroke-width="0.8"/>' for d in picture.lines)
    scale = min(400 / width, 300 / height)
    left, top = (400 - width * scale) / 2, (300 - height * scale) / 2
    stroke = f'<path d="{drawn}" fill="none" stroke="#123f80" stroke-width="2"/>' if drawn else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
        f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.4f})">{parts}{lines}</g>{stroke}</svg>'
    )


def _placed(picture: Diagram, signs: dict[str, str], marks: Any) -> dict[str, list[str]]:
    known = {p.id for p in picture.parts}
    placed: dict[str, list[str]] = {}
    for mark in marks if isinstance(marks, list) else []:
        if isinstance(mark, dict) and mark.get("part") in known and mark.get("mark") in signs:
            placed.setdefault(str(mark["part"]), []).append(str(mark["mark"]))
    return placed


def _patterns(name: str, choices: tuple[Choice, ...]) -> str:
    made = []
    for n in range(len(choices)):
        colour, hatch = COLOURS[n % len(COLOURS)], HATCHES[n % len(HATCHES)]
        made.append(
            f'<pattern id="{name}-{n}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f'<rect width="6" height="6" fill="#ffffff"/><path d="{hatch}" stroke="{colour}" stroke-width="1" fill="none"/></pattern>'
        )
    return f"<defs>{''.join(made)}</defs>"


def _sign(picture: Diagram, part_id: str, codes: list[str], signs: dict[str, str]) -> str:
    part = picture.part(part_id)
    if part is None:
        return ""
    x, y = part.at
    text = "+".join(signs[c] for c in codes)
    half = 3.2 * len(text) + 2
    place = f'x="{x - half:g}" y="{y - 5.5:g}" width="{2 * half:g}" height="11"'
    plate = f'<rect {place} rx="2" fill="#ffffff" stroke="{INK}" stroke-width="0.5"/>'
    return plate + _text(x, y + 3, text, 8.5, bold=True)


def _legend(choices: tuple[Choice, ...], signs: dict[str, str], width: float, top: float) -> tuple[str, float]:
    columns = max(1, int(width // LEGEND_WIDTH))
    made = []
    for n, choice in enumerate(choices):
        x, y = 6 + (n % columns) * (width / columns), top + 13 + (n // columns) * LEGEND_LINE
        made.append(_text(x, y, f"{signs[choice.code]} = {choice.label_vi}", 8.5, anchor="start"))
    lines = -(-len(choices) // columns)
    return "".join(made), lines * LEGEND_LINE + 6 if choices else 0


def _text(x: float, y: float, text: str, size: float, *, bold: bool = False, anchor: str = "middle") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="{FONT}" font-size="{size:g}" fill="{INK}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )
