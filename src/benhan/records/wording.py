"""How a paper is worded: shortened words in papers that leave the house (R-53), gaps of ready-made texts left open. Both are
told and refuse nothing: whether a word is one is for the writer to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from benhan.forms.definition import FormVersion
from benhan.forms.wording import finder, gaps, prose
from benhan.law import registry
from benhan.law.wording import capitals
from benhan.phrases import queries as phrases
from benhan.records import queries, services
from benhan.records.models import Document, MedicalRecord
from benhan.signing.models import SignatureRequest

TOLD_MAX = 12
Lists = Callable[[str], dict[str, str]]


@dataclass(frozen=True)
class Shortened:
    """A shortened word of a paper: the item it stands in, its full words when the list knows them."""

    word: str
    label: str
    expansion: str

    def __str__(self) -> str:
        return f"{self.word} = {self.expansion}" if self.expansion else self.word


def short_words(
    form: FormVersion, content: dict[str, Any], record: MedicalRecord, lists: Lists | None = None
) -> list[Shortened]:
    """The shortened words of a paper that leaves the house, each once per item; of other papers none is looked for.
    `lists` spares asking for the published list again when many papers are looked at."""
    if not form.leaves_facility:
        return []
    full = (lists or phrases.lists_in_force())(_place(record))
    find = finder(full, capitals())
    found = {(w.word, t.field.label_vi): w.listed for t in prose(form, content) for w in find(t.text)}
    return [Shortened(word, label, full[word] if listed else "") for (word, label), listed in found.items()]


def left_open(form: FormVersion, content: dict[str, Any]) -> list[str]:
    """The items in which a gap of a ready-made text was left open."""
    return list(dict.fromkeys(t.field.label_vi for t in prose(form, content) if gaps(t.text)))


def _place(record: MedicalRecord) -> str:
    return record.department.code if record.department else ""


def for_editor(form: FormVersion, record: MedicalRecord) -> dict[str, str] | None:
    """What the browser needs to find the same words, as JSON; nothing for papers that stay in the house."""
    if not form.leaves_facility:
        return None
    words = phrases.expansions(_place(record))
    return {"words": json.dumps(words, ensure_ascii=False), "allowed": json.dumps(sorted(capitals()))}


def told(form: FormVersion, content: dict[str, Any], record: MedicalRecord, lists: Lists | None = None) -> list[str]:
    """What a writer or signer is told about the wording of a paper, in sentences."""
    said = []
    if short := short_words(form, content, record, lists):
        items: dict[str, list[str]] = {}
        for one in short[:TOLD_MAX]:
            items.setdefault(one.label, []).append(str(one))
        listed = "; ".join(f"{label}: {', '.join(words)}" for label, words in items.items())
        more = _(" và %(n)s chữ khác") % {"n": len(short) - TOLD_MAX} if len(short) > TOLD_MAX else ""
        said.append(_("Giấy này giao ra ngoài cơ sở nên không viết tắt. %(words)s") % {"words": listed + more})
    if gapped := left_open(form, content):
        said.append(_("Còn chỗ của câu mẫu chưa điền: %(items)s") % {"items": "; ".join(gapped[:TOLD_MAX])})
    return said


def told_of_waiting(waiting: Iterable[SignatureRequest], documents: dict[UUID, Document]) -> dict[UUID, list[str]]:
    """Document → what is to be said about its wording, for a list of papers to sign: two questions to the database however
    many there are."""
    rows = [r for r in waiting if r.document_id in documents]
    lists = cache(phrases.lists_in_force())
    found = {}
    for version in queries.versions_of([r.version_id for r in rows]):
        form = registry.form_version(version.form_code, version.form_valid_from)
        said = told(form, services.content_of(version), documents[version.document_id].record, lists)
        if said:
            found[version.document_id] = said
    return found
