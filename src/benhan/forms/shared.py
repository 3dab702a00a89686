"""What forms share: blocks of sections and fields, and lists of choices, put in where a form names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benhan.forms.definition import FormBroken

OF_THE_CALL = ("use", "more_fields", "without")
Raw = dict[str, Any]


@dataclass(frozen=True)
class Shared:
    """The blocks and lists of choices by name."""

    blocks: dict[str, Any]
    lists: dict[str, Any]

    def sections(self, raws: list[Raw], where: str) -> list[Raw]:
        """Sections with `use` replaced by the block; what the call says itself wins over the block's words."""
        return [self._section(raw, where) if "use" in raw else raw for raw in raws]

    def _section(self, raw: Raw, where: str) -> Raw:
        block = self._block(raw["use"], where)
        own = {k: v for k, v in raw.items() if k not in OF_THE_CALL}
        kept = self._without(self.fields(block["fields"], where, (raw["use"],)), raw, where)
        return {**block, **own, "block": raw["use"], "fields": [*kept, *raw.get("more_fields", [])]}

    def fields(self, raws: list[Raw], where: str, inside: tuple[str, ...] = ()) -> list[Raw]:
        """Fields with `use` replaced by the fields of the block, blocks in blocks too."""
        return [field for raw in raws for field in self._field(raw, where, inside)]

    def _field(self, raw: Raw, where: str, inside: tuple[str, ...]) -> list[Raw]:
        if "use" not in raw:
            return [raw]
        name = str(raw["use"])
        if name in inside:
            raise FormBroken(f"{where}: khối dùng chung lặp vòng: {' → '.join([*inside, name])}")
        return self._without(self.fields(self._block(name, where)["fields"], where, (*inside, name)), raw, where)

    def _without(self, fields: list[Raw], raw: Raw, where: str) -> list[Raw]:
        left_out = set(raw.get("without", []))
        if unknown := left_out - {f.get("id") for f in fields}:
            raise FormBroken(f"{where}: khối “{raw['use']}” không có mục {', '.join(sorted(unknown))} để bỏ")
        return [f for f in fields if f.get("id") not in left_out]

    def _block(self, name: Any, where: str) -> Raw:
        block = self.blocks.get(str(name))
        if not isinstance(block, dict):
            raise FormBroken(f"{where}: khối dùng chung “{name}” không có")
        return block

    def choices(self, raw: Any, where: str) -> list[Any]:
        """A list of choices as written, or the shared list of that name."""
        if not isinstance(raw, str):
            return list(raw)
        if raw not in self.lists:
            raise FormBroken(f"{where}: danh sách lựa chọn “{raw}” không có")
        return list(self.lists[raw])


def expanded(raw: Raw, blocks: dict[str, Any], lists: dict[str, Any]) -> Raw:
    """The definition with every block and every list put in: it needs nothing beside itself any more."""
    shared = Shared(blocks, lists)
    where = str(raw.get("code", ""))
    sections = [{**s, "fields": _fields(shared, s["fields"], where)} for s in shared.sections(raw["sections"], where)]
    return {**raw, "sections": sections}


def addition_expanded(raw: Raw, blocks: dict[str, Any], lists: dict[str, Any]) -> Raw:
    """The same for what is added to an official form."""
    shared = Shared(blocks, lists)
    where = str(raw.get("adds_to", ""))
    sections = []
    for given in raw["sections"]:
        word = "more_fields" if "section" in given else "fields"
        sections.append({**given, word: _fields(shared, given[word], where)})
    return {**raw, "sections": sections}


def _fields(shared: Shared, raws: list[Raw], where: str) -> list[Raw]:
    done = []
    for raw in shared.fields(raws, where):
        field = dict(raw)
        if "choices" in field:
            field["choices"] = shared.choices(field["choices"], where)
        if "columns" in field:
            field["columns"] = _fields(shared, field["columns"], where)
        done.append(field)
    return done


def used_names(raw: Any, blocks: dict[str, Any], lists: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The blocks and the lists a definition reaches, directly or through another block: what its hash must cover."""
    seen: dict[str, Any] = {}
    named: dict[str, Any] = {}
    waiting: list[Any] = [raw]
    while waiting:
        for word, value in _words(waiting.pop()):
            if word == "use" and str(value) not in seen:
                seen[str(value)] = blocks.get(str(value))
                waiting.append(seen[str(value)])
            elif word == "choices" and isinstance(value, str):
                named[value] = lists.get(value)
    return seen, named


def _words(value: Any) -> Iterator[tuple[str, Any]]:
    """Every `use` and every `choices`, at any depth."""
    if isinstance(value, dict):
        for word, inner in value.items():
            if word in ("use", "choices"):
                yield word, inner
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
