"""The words of the papers as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from benhan.kernel.errors import NotFound
from benhan.law.rollout import FOLDER

WORDS = ("h1", "h2", "h3", "p", "note", "table", "break")


@dataclass(frozen=True)
class Template:
    """One paper of the file: head, acts it rests on, papers that must be issued before, blocks, signers."""

    code: str
    order: int
    kind: str
    symbol: str
    title_vi: str
    subject: str
    basis: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    recipients: tuple[str, ...]
    signers: tuple[dict[str, str], ...]
    blocks: tuple[dict[str, Any], ...]
    authority: str = ""
    basis_more: tuple[str, ...] = ()


@cache
def templates() -> dict[str, Template]:
    """All papers in the order they are made."""
    found = []
    for path in sorted((FOLDER / "papers").glob("*.yaml")):
        line: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        lists = ("basis", "needs", "recipients", "signers", "blocks", "basis_more")
        known: dict[str, Any] = {k: tuple(v) if k in lists else v for k, v in line.items()}
        found.append(Template(code=path.stem, **known))
    return {t.code: t for t in sorted(found, key=lambda t: t.order)}


def template(code: str) -> Template:
    """One; NotFound."""
    found = templates().get(code)
    if found is None:
        raise NotFound
    return found
