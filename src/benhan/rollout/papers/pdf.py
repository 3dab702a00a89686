"""A paper as PDF/A-3 with its places to sign and its data inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from benhan.kernel.canonical import canonical
from benhan.proof.render import Attachment, Rendered, render
from benhan.rollout.papers.blocks import Paper

LAYOUT = "rollout/papers/layout/paper.typ"


def draw(paper: Paper, *, at: datetime, attachments: Sequence[Attachment] = ()) -> Rendered:
    """Draw a paper. The same paper and moment give the same bytes; its blocks ride inside as canonical JSON."""
    data = paper.as_data()
    inside = Attachment("paper.json", canonical(data), "application/json", "source", "Nội dung có cấu trúc của văn bản")
    positions = [{"id": s.id, "label": s.label, "hint": s.hint, "name": s.name, "signed": None} for s in paper.signers]
    return render(LAYOUT, data | {"positions": positions}, attachments=[inside, *attachments], at=at)
