"""From a template and today's facts to a paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from benhan.kernel.errors import Refused
from benhan.rollout.dossier.facts import facts
from benhan.rollout.dossier.tables import TABLES
from benhan.rollout.dossier.templates_of_papers import Template
from benhan.rollout.papers.blocks import Block, Heading, PageBreak, Paper, Paragraph, Signer
from benhan.rollout.papers.letterhead import letterhead

LEVELS = {"h1": 1, "h2": 2, "h3": 3}
STYLES = {"p": "body", "note": "note"}


def paper(template: Template, *, day: date, number: str = "", draft: bool = True) -> Paper:
    """The paper as it would be today. Refused when it would cite an act that no longer holds."""
    head, known = letterhead(), facts(day)

    def fill(text: str) -> str:
        return text.format_map(known)

    made = Paper(
        kind=template.kind,
        subject=template.subject,
        facility=head.facility,
        governing_body=head.governing_body,
        number=head.number(template.symbol, number),
        place=head.place,
        day=day,
        basis=template.basis,
        basis_more=tuple(fill(line) for line in template.basis_more),
        authority=fill(template.authority),
        blocks=[block for line in template.blocks for block in _blocks(line, fill)],
        recipients=tuple(fill(r) for r in template.recipients),
        signers=tuple(
            Signer(s["id"], fill(s["label"]).upper(), head.head_name if s["id"] == "head" else "")
            for s in template.signers
        ),
        draft=draft,
    )
    if dead := made.dead_acts():
        raise Refused("Văn bản dẫn chiếu văn bản đã hết hiệu lực: " + ", ".join(dead), code="act_not_in_force")
    return made


def _blocks(line: dict[str, Any], fill: Any) -> list[Block]:
    word = next(w for w in (*LEVELS, *STYLES, "table", "break") if w in line)
    if word == "break":
        return [PageBreak()]
    if word == "table":
        return TABLES[line["table"]]()
    text = fill(line[word])
    return [Heading(text, LEVELS[word]) if word in LEVELS else Paragraph(text, line.get("style", STYLES[word]))]
