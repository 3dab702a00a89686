"""What the editor's templates ask about inputs: data for the scripts, and the pictures of diagrams."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from benhan.forms import conditions
from benhan.forms.definition import Field
from benhan.forms.diagrams import background_svg, diagram_svg
from benhan.forms.page import Input
from benhan.law import registry


def condition(text: str) -> str:
    """A condition as data for the browser: groups of terms, JSON."""
    return json.dumps(conditions.as_data(text), ensure_ascii=False, separators=(",", ":"))


def score_rule(f: Field) -> str:
    """How a score is computed and what it means, JSON."""
    bands = [{"from": b.lowest, "to": b.highest, "label": b.label_vi, "level": b.level} for b in f.bands]
    rule: dict[str, Any] = {"formula": f.formula, "of": f.of, "partial": f.partial, "bands": bands}
    return json.dumps(rule, ensure_ascii=False, separators=(",", ":"))


def diagram_picture(item: Input, english: bool = False) -> Markup:
    """The diagram of an input with its marks, ready to be marked. Safe: built and escaped by forms.diagrams."""
    found = registry.diagram(item.field.diagram)
    if found is None:
        return Markup("")
    picture = diagram_svg(found, item.marks, item.field.choices, key=item.id, interactive=True, english=english)
    return Markup(picture)  # noqa: S704 - markup of our own, every text in it escaped where it was made


def diagram_parts(item: Input, english: bool = False) -> list[tuple[str, str]]:
    """(id, name) of every part, for the list beside the picture."""
    found = registry.diagram(item.field.diagram)
    return [(p.id, p.label_en if english and p.label_en else p.label_vi) for p in found.parts] if found else []


def background_picture(name: str) -> Markup:
    """The outlines below a drawing."""
    found = registry.diagram(name) if name else None
    return Markup(background_svg(found)) if found else Markup("")  # noqa: S704 - as above


def range_of(f: Field) -> str:
    """The limits of a number for its input: ` data-low=… data-max=…`, only those there are."""
    low, high = f.plausible or (None, None)
    limits = {"low": low, "high": high, "min": f.minimum, "max": f.maximum}
    return Markup("").join(
        Markup(' data-{}="{}"').format(name, format(value, "g")) for name, value in limits.items() if value is not None
    )
