"""The pages for people lead somewhere, and name every command there is."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from benhan.cli import main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_it(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_place_the_code_names_in_the_docs_exists() -> None:
    for source in (ROOT / "src").rglob("*.py"):
        for named in re.findall(r"docs/[\w./-]+\.(?:md|csv)", source.read_text(encoding="utf-8")):
            assert (ROOT / named).exists(), f"{source}: {named}"


def test_every_command_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        names = [f"{name} {sub}" for sub in command.commands] if isinstance(command, click.Group) else [name]
        assert [n for n in names if f"`{n}" not in text] == []
