"""Parts of a form that are signed apart: part A of a record at admission, part B at discharge."""

from __future__ import annotations

from typing import Any

from benhan.forms.definition import FormVersion


def sections_of(form: FormVersion, part: str) -> tuple[str, ...]:
    """Ids of the sections of a part, in order."""
    return tuple(s.id for s in form.sections if s.part == part)


def content_of(form: FormVersion, content: dict[str, Any], part: str) -> dict[str, Any]:
    """What stands in a part, by section."""
    return {name: content[name] for name in sections_of(form, part) if content.get(name)}


def begun(form: FormVersion, content: dict[str, Any]) -> frozenset[str]:
    """The parts that hold anything; the first part counts as begun in any case."""
    return frozenset({*form.parts[:1], *(p for p in form.parts if content_of(form, content, p))})


def purpose_of(form: FormVersion, part: str) -> str:
    """At which step of validation a part is signed. Who signs the last one signs the finished record: what closing asks
    for must be there."""
    return "closing" if len(form.parts) > 1 and part == form.parts[-1] else "signing"
