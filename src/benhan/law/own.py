"""The facility's own forms, and what it adds to official ones, beside the law's. They survive an upgrade: an own form needs
nothing of ours (its blocks are put in when it is published), an addition goes onto whatever official version is in force."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from benhan.forms.additions import merged
from benhan.forms.build import build
from benhan.forms.definition import FormBroken, FormVersion
from benhan.kernel.canonical import canonical

_log = logging.getLogger(__name__)
Versions = dict[str, tuple[FormVersion, ...]]


@dataclass(frozen=True)
class OwnDefinition:
    """A published definition: `definition` is canonical JSON with everything put in. `kind` is form | addition; of an
    addition `code` names the official form."""

    code: str
    kind: str
    valid_from: date
    definition: str


def own_version(raw: dict[str, Any], valid_from: date) -> FormVersion:
    """An own form from its whole definition. Its hash covers every word of it."""
    plain = {**raw, "valid_from": valid_from.isoformat()}
    digest = hashlib.sha256(canonical(plain)).hexdigest()
    return build({**raw, "valid_from": valid_from}, form_hash=digest, folder="", blocks={}, origin="facility")


def added_version(
    official: FormVersion, raw: dict[str, Any], addition: dict[str, Any], valid_from: date
) -> FormVersion:
    """An official version with the facility's additions. It keeps the official page and number."""
    whole = merged(raw, addition)
    digest = hashlib.sha256(canonical({"official": official.form_hash, "addition": addition})).hexdigest()
    form = build({**whole, "valid_from": valid_from}, form_hash=digest, folder=official.folder, blocks={})
    return replace(form, valid_to=official.valid_to, origin="added")


def with_own(
    official: Versions, own: tuple[OwnDefinition, ...], raw_of: Callable[[FormVersion], dict[str, Any]]
) -> Versions:
    """The law's forms and the facility's together. A definition that does not fit any more is left out and said in the log:
    one bad form must not close the house."""
    found = dict(official)
    for code in sorted({d.code for d in own}):
        mine = sorted((d for d in own if d.code == code), key=lambda d: d.valid_from)
        forms = [
            f for d in mine if d.kind == "form" and (f := _tried(own_version, json.loads(d.definition), d.valid_from))
        ]
        additions = [d for d in mine if d.kind == "addition"]
        known = [*official.get(code, ()), *forms]
        if additions and code in official:
            known += _added(official[code], additions, raw_of)
        by_date = {f.valid_from: f for f in known}  # what was added wins over the bare official version of that day
        found[code] = tuple(by_date[day] for day in sorted(by_date))
    return found


def _added(
    official: tuple[FormVersion, ...], additions: list[OwnDefinition], raw_of: Callable[[FormVersion], dict[str, Any]]
) -> list[FormVersion]:
    """From the day of the first addition on, each change of the official form or of the additions is a version."""
    first = additions[0].valid_from
    days = sorted({d.valid_from for d in additions} | {f.valid_from for f in official if f.valid_from > first})
    made = []
    for day in days:
        base = next((f for f in reversed(official) if f.valid_from <= day), None)
        addition = next(d for d in reversed(additions) if d.valid_from <= day)
        if base is not None:
            made.append(_tried(added_version, base, raw_of(base), json.loads(addition.definition), day))
    return [f for f in made if f is not None]


def _tried(make: Callable[..., FormVersion], *arguments: Any) -> FormVersion | None:
    try:
        return make(*arguments)
    except FormBroken:
        _log.exception("a form of the facility does not fit any more")
        return None
