"""The tasks of the practice house as data: who practises what, in which pages, and which facts of the log prove it (R-24)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent / "training" / "tasks.yaml"
CASES = frozenset(
    {"none", "person", "twins", "arrived", "ward", "consent", "leaving", "discharged", "closed", "sealed"}
)
ABOUT = frozenset({"case", "same", "any"})


@dataclass(frozen=True)
class Fact:
    """A line of the log that proves a step. Every condition that is given must hold."""

    actions: tuple[str, ...]
    about: str
    object: str = ""
    forms: tuple[str, ...] = ()
    detail: tuple[tuple[str, Any], ...] = ()
    temporary: bool = False
    record_type: str = ""


@dataclass(frozen=True)
class Step:
    """What to do and on which pages; `fact` proves it when there is one."""

    pages: tuple[str, ...]
    text_vi: str
    fact: Fact | None = None


@dataclass(frozen=True)
class Task:
    """One guided task of a role."""

    code: str
    role: str
    title_vi: str
    why_vi: str
    case: str
    steps: tuple[Step, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What must be found in the log, in this order."""
        return tuple(s.fact for s in self.steps if s.fact is not None)


@cache
def tasks() -> dict[str, Task]:
    """All tasks by code, in the file's order. A task nothing could prove, or a word nobody knows, is a fault of the file."""
    found = {code: _task(code, line) for code, line in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()}
    for task in found.values():
        if not task.facts or task.case not in CASES or any(f.about not in ABOUT for f in task.facts):
            raise ValueError(f"training/tasks.yaml: {task.code}")
    return found


def of_role(role: str) -> tuple[Task, ...]:
    """The tasks of a role."""
    return tuple(t for t in tasks().values() if t.role == role)


@cache
def edition() -> str:
    """Which tasks these are: 12 hex digits of the file's hash. A certificate names it."""
    return hashlib.sha256(FILE.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:12]


def _task(code: str, line: dict[str, Any]) -> Task:
    steps = tuple(_step(s, line["case"]) for s in line["steps"])
    return Task(code, line["role"], line["title_vi"], line["why_vi"], line["case"], steps)


def _step(line: dict[str, Any], case: str) -> Step:
    return Step(tuple(line["pages"]), line["text_vi"], _fact(line["fact"], case) if "fact" in line else None)


def _fact(line: dict[str, Any], case: str) -> Fact:
    given = dict(line)
    return Fact(
        actions=tuple(given.pop("action").split("|")),
        about=given.pop("about", "case" if case != "none" else "any"),
        forms=tuple(given.pop("forms", ())),
        detail=tuple(given.pop("detail", {}).items()),
        **given,
    )
