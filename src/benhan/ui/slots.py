"""Named places in the frame that upper rooms fill: the frame asks, whoever was wired in answers.

Used by the frame (what must be seen first about a patient goes into `patient_banner`):
`house_mark` (over everything, on paper too), `work_panel` (request=…, below the work),
`facility_name`, `patient_banner` (patient=…), `top_bar` (request=…), `person_menu` (request=…), and on pages
`record_page` (record=…), `record_tools` (request=…, record=…), `home_page` (request=…).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

Filler = Callable[..., Any]
_fillers: dict[str, list[Filler]] = {}


def provide(slot: str, fn: Filler) -> None:
    """Let `fn(**context)` fill a slot (wiring only). It returns Markup, text (escaped), a list of them, or None."""
    fillers = _fillers.setdefault(slot, [])
    if fn not in fillers:
        fillers.append(fn)


def fill(slot: str, **context: Any) -> list[Markup]:
    """Everything the rooms put into this slot, safe to draw. A failing room is a bug and fails loudly."""
    pieces: list[Markup] = []
    for fn in _fillers.get(slot, []):
        given = fn(**context)
        for piece in given if isinstance(given, list | tuple) else [given]:
            if piece not in (None, ""):
                pieces.append(escape(piece))
    return pieces
