"""Diagrams to mark (teeth, body, eyes…): the finished SVG, the same on screen and on paper. Typed text is escaped, never markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from benhan.forms.definition import Choice, FormBroken

Marks = Sequence[dict[str, Any]]
FONT = "Noto Sans, Noto Serif, sans-serif"
CANVAS = (400, 300)  # the paper a drawing is made on; a background is fitted into it
INK, LINE = "#222222", "#777777"
COLORS = ("#b3261e", "#1f4fa3", "#1b6b34", "#8a5a00", "#6a2a86", "#005f6b", "#333333", "#a3386a")
# Eight hatchings that are told apart without colour, each on a tile of 6 by 6.
HATCHES = (
    "M0 6 L6 0 M-1.5 1.5 L1.5 -1.5 M4.5 7.5 L7.5 4.5",
    "M0 0 L6 6 M-1.5 4.5 L1.5 7.5 M4.5 -1.5 L7.5 1.5",
    "M0 3 H6",
    "M3 0 V6",
    "M0 3 H6 M3 0 V6",
    "M0 0 L6 6 M6 0 L0 6",
    "M2 3 h2 v2 h-2 Z",
    "M0 1.5 H6 M0 4.5 H6",
)
_PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9 .,\-]+")
_LEGEND_MM = 2.6  # height of the legend's letters on paper, however small the diagram


@dataclass(frozen=True)
class Part:
    """One shape that can be marked. `shape` is an SVG element without its end; `at` where a mark's letter stands."""

    id: str
    label_vi: str
    label_en: str
    shape: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Diagram:
    """A drawing made of parts; `lines` and `texts` are printed and cannot be marked. `paper` is its width in mm."""

    name: str
    title_vi: str
    title_en: str
    width: float
    height: float
    paper: float
    parts: tuple[Part, ...]
    lines: tuple[str, ...] = ()
    texts: tuple[tuple[float, float, str, float], ...] = ()

    def part(self, part_id: str) -> Part | None:
        """The part of that id."""
        return next((p for p in self.parts if p.id == part_id), None)


DiagramOf = Callable[[str], Diagram | None]


def build_diagram(name: str, raw: dict[str, Any]) -> Diagram:
    """From the loaded YAML of a diagram, or FormBroken with the part that is wrong."""
    parts = tuple(_part(name, p) for p in raw["parts"])
    doubles = {p.id for p in parts if [q.id for q in parts].count(p.id) > 1}
    if doubles:
        raise FormBroken(f"hình {name}: vị trí trùng mã: {', '.join(sorted(doubles))}")
    width, height = (float(v) for v in raw["size"])
    return Diagram(
        name, str(raw["title_vi"]), str(raw.get("title_en", "")), width, height, float(raw.get("paper", 120)), parts,
        tuple(_path(name, line) for line in raw.get("lines") or ()),
        tuple((float(t["at"][0]), float(t["at"][1]), str(t["text"]), float(t["size"])) for t in raw.get("texts") or ()),
    )  # fmt: skip


def _part(name: str, raw: dict[str, Any]) -> Part:
    at = (float(raw["at"][0]), float(raw["at"][1]))
    return Part(str(raw["id"]), str(raw["label_vi"]), str(raw.get("label_en", "")), _shape(name, raw), at)


def _shape(name: str, raw: dict[str, Any]) -> str:
    if "path" in raw:
        return f'<path d="{_path(name, raw["path"])}"'
    numbers = [float(v) for v in raw.get("circle") or raw.get("rect") or ()]
    if len(numbers) == 3:
        return '<circle cx="{:g}" cy="{:g}" r="{:g}"'.format(*numbers)
    if len(numbers) == 4:
        return '<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}"'.format(*numbers)
    raise FormBroken(f"hình {name}: vị trí “{raw.get('id')}” cần path, circle hoặc rect")


def _path(name: str, text: Any) -> str:
    if not _PATH.fullmatch(str(text)):
        raise FormBroken(f"hình {name}: “{str(text)[:40]}” không phải nét vẽ")
    return str(text)


def letters(choices: Sequence[Choice]) -> dict[str, str]:
    """Code of a mark → the letter that stands on the diagram: its own code where all codes are one or two letters."""
    if all(re.fullmatch(r"[A-Za-zĐđ]{1,2}", c.code) for c in choices):
        return {c.code: c.code for c in choices}
    return {c.code: (chr(65 + n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26) for n, c in enumerate(choices)}


def diagram_svg(
    diagram: Diagram,
    marks: Marks,
    choices: Sequence[Choice],
    *,
    key: str = "d",
    interactive: bool = False,
    english: bool = False,
) -> str:
    """The diagram with its marks and the legend below. Each mark has a hatching, a colour and a letter.

    `key` keeps the ids of several diagrams on one page apart. `interactive` adds what a page needs to mark by click,
    touch or key: every shape is a button with `data-part`, every letter a `<text data-letter="part">`, every line of the
    legend has `data-mark`, `data-letter` and `data-fill`. Unknown parts and marks of a broken draft are left out."""
    key = re.sub(r"[^A-Za-z0-9_-]", "-", key)
    letter = letters(choices)
    on: dict[str, list[str]] = {}
    for mark in marks:
        part, what = str(mark.get("part")), str(mark.get("mark"))
        if what in letter and what not in on.setdefault(part, []):
            on[part].append(what)
    order = [c.code for c in choices]
    fills = {code: f"url(#{key}-{n})" for n, code in enumerate(order)}
    legend, legend_height = _legend(diagram, choices, letter, fills)
    height = diagram.height + legend_height
    return "".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {diagram.width:g} {height:g}" '
        f'{"" if interactive else _size(diagram.width, height)}font-family="{FONT}" class="diagram" '
        f'role="{"group" if interactive else "img"}" aria-label="{escape(diagram.title_vi)}">',
        f"<defs>{''.join(_hatch(key, n) for n in range(len(choices)))}</defs>",
        "".join(_drawn(p, on.get(p.id, []), fills, interactive, english, choices) for p in diagram.parts),
        _fixed(diagram),
        "".join(_letter(p, on.get(p.id, []), letter, interactive) for p in diagram.parts),
        legend,
        "</svg>",
    ))  # fmt: skip


def _size(width: float, height: float) -> str:
    return f'width="{width:g}" height="{height:g}" '


def _hatch(key: str, n: int) -> str:
    color, hatch = COLORS[(n + n // len(HATCHES)) % len(COLORS)], HATCHES[n % len(HATCHES)]
    return (
        f'<pattern id="{key}-{n}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" '
        f'fill="#ffffff"/><path d="{hatch}" stroke="{color}" stroke-width="1.3" fill="none"/></pattern>'
    )


def _drawn(
    part: Part,
    on: list[str],
    fills: dict[str, str],
    interactive: bool,
    english: bool,
    choices: Sequence[Choice],
) -> str:
    fill = fills[on[0]] if on else "#ffffff"
    if not interactive:
        return f'{part.shape} fill="{fill}" stroke="{INK}" stroke-width="1"/>'
    name = part.label_en if english and part.label_en else part.label_vi
    said = ", ".join((c.label_en if english and c.label_en else c.label_vi) for c in choices if c.code in on)
    text = escape(f"{name}: {said}" if said else name)
    return (
        f'{part.shape} fill="{fill}" stroke="{INK}" stroke-width="1" data-part="{escape(part.id)}" '
        f'data-marks="{escape(" ".join(on))}" tabindex="0" role="button" aria-pressed="{"true" if on else "false"}" '
        f'aria-label="{text}"><title>{text}</title>{_end(part)}'
    )


def _end(part: Part) -> str:
    return f"</{part.shape[1:].split(' ', 1)[0]}>"


def _letter(part: Part, on: list[str], letter: dict[str, str], interactive: bool) -> str:
    if not on and not interactive:
        return ""
    x, y = part.at
    says = "+".join(letter[code] for code in on)
    size = 10 if len(says) < 3 else 7.5
    which = f' data-letter="{escape(part.id)}" pointer-events="none"' if interactive else ""
    return (
        f'<text x="{x:g}" y="{y + 3.5:g}" font-size="{size}" font-weight="bold" text-anchor="middle" fill="#000000" '
        f'stroke="#ffffff" stroke-width="2.6" paint-order="stroke"{which}>{escape(says)}</text>'
    )


def _fixed(diagram: Diagram) -> str:
    """What is drawn and cannot be marked."""
    lines = "".join(
        f'<path d="{d}" fill="none" stroke="{LINE}" stroke-width="0.8" pointer-events="none"/>' for d in diagram.lines
    )
    return lines + "".join(
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="middle" fill="{INK}" pointer-events="none">'
        f"{escape(text)}</text>"
        for x, y, text, size in diagram.texts
    )


def _legend(
    diagram: Diagram, choices: Sequence[Choice], letter: dict[str, str], fills: dict[str, str]
) -> tuple[str, float]:
    """The marks with hatching and letter, flowing over lines; and the height they take."""
    size = max(10.0, _LEGEND_MM * diagram.width / diagram.paper)
    drawn, x, y = [], 6.0, diagram.height + 6
    for choice in choices:
        says = f"{letter[choice.code]} – {choice.label_vi}"
        room = size * (2.9 + 0.57 * len(says))
        if x > 6 and x + room > diagram.width:
            x, y = 6.0, y + 1.5 * size
        drawn.append(
            f'<g data-mark="{escape(choice.code)}" data-letter="{escape(letter[choice.code])}" '
            f'data-fill="{fills[choice.code]}"><rect x="{x:g}" y="{y:g}" width="{1.3 * size:g}" height="{size:g}" '
            f'fill="{fills[choice.code]}" stroke="{INK}" stroke-width="0.8"/>'
            f'<text x="{x + 1.7 * size:g}" y="{y + 0.9 * size:g}" font-size="{size:g}" fill="{INK}">{escape(says)}</text></g>'
        )
        x += room
    return "".join(drawn), (y + 1.5 * size - diagram.height) if choices else 0


def marks_in_words(diagram: Diagram, marks: Marks, choices: Sequence[Choice]) -> list[str]:
    """What is marked, as lines to read: `A – Sâu răng: 18, 26 (mặt nhai)`. Plain text, escaped by who prints it."""
    letter, lines = letters(choices), []
    for choice in choices:
        places = [_place(diagram, m) for m in marks if str(m.get("mark")) == choice.code]
        if places:
            lines.append(f"{letter[choice.code]} – {choice.label_vi}: {'; '.join(places)}")
    return lines


def _place(diagram: Diagram, mark: dict[str, Any]) -> str:
    part = diagram.part(str(mark.get("part")))
    name = part.label_vi if part else str(mark.get("part"))
    name = name.split(" – ")[0] if " – " in name else name
    return f"{name} ({mark['note']})" if mark.get("note") else name


def drawing_svg(path: str, background: Diagram | None = None) -> str:
    """Freehand strokes (the checked path of a drawing) on their canvas, over the outlines of a diagram."""
    width, height = CANVAS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONT}">{background_svg(background) if background else ""}'
        f'<path d="{escape(path)}" fill="none" stroke="#123f80" stroke-width="2" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    )


def background_svg(diagram: Diagram) -> str:
    """The outlines of a diagram fitted into the canvas of a drawing: an inner `<g>` for the page's own SVG."""
    width, height = CANVAS
    scale = min(width / diagram.width, height / diagram.height)
    left, top = (width - diagram.width * scale) / 2, (height - diagram.height * scale) / 2
    outlines = "".join(f'{p.shape} fill="#ffffff" stroke="{LINE}" stroke-width="1"/>' for p in diagram.parts)
    return (
        f'<g transform="translate({left:.4g} {top:.4g}) scale({scale:.4g})" pointer-events="none">'
        f"{outlines}{_fixed(diagram)}</g>"
    )
