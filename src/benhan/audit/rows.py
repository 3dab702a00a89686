"""From what a caller says to a row of the log: cut to the column, cleaned, and guarded against clinical text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from django.db.models import CharField

from benhan.audit.models import AuditEvent
from benhan.kernel import clock
from benhan.kernel.identifiers import new_id
from benhan.kernel.text import clean_line

OUTCOMES = ("ok", "refused", "failed")
DETAIL_CHARACTERS_MAX = 200
DETAIL_ENTRIES_MAX = 20
SUBJECTS_MAX = 500  # patients named in one event; a longer list becomes several events
_INTEGER_MAX = 2**53 - 1  # beyond it JSON readers disagree

_WIDTHS: dict[str, int] = {
    field.name: field.max_length
    for field in AuditEvent._meta.concrete_fields
    if isinstance(field, CharField) and field.max_length
}
_CODE_WIDTHS = ("action", "object_type")  # ours, never typed by a person: too long is a bug


def build(action: str, *, who: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """A row without its place in the chain. Foreign text (a browser's name, an id from an address) is cut to fit,
    since a log must not fail on it; codes of our own and `detail` are checked (ValueError, TypeError)."""
    outcome = values.pop("outcome", "ok")
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome {outcome!r} is none of {OUTCOMES}")
    row = {
        "event_id": new_id(),
        "at": clock.now(),
        **{name: _fit(name, who[name]) for name in _WHO_TEXTS},
        "source_port": who["source_port"],
        "action": _fit("action", action),
        "outcome": outcome,
        **{name: _fit(name, values.get(name)) for name in _VALUE_TEXTS},
        "detail": _detail(values.get("detail")),
        "subjects": values.get("subjects") or "",
    }
    if not row["action"]:
        raise ValueError("an event needs an action")
    return row


_WHO_TEXTS = (
    "account_id",
    "account_name",
    "person_name",
    "account_kind",
    "roles",
    "source_ip",
    "device",
    "session",
)
_VALUE_TEXTS = ("object_type", "object_id", "object_version", "patient_id", "record_id", "reason")


def _fit(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    text = str(value)
    # Most values are plain ASCII codes and ids: the full cleaning costs ten times as much.
    if not (text.isascii() and text.isprintable()):
        text = clean_line(text)
    width = _WIDTHS[name]
    if len(text) > width:
        if name in _CODE_WIDTHS:
            raise ValueError(f"audit {name} is longer than {width} characters")
        text = text[: width - 1] + "…"
    return text


def subject_lists(patients: Iterable[object]) -> Iterator[str]:
    """The comma-joined ids for `subjects`, one text for each event that is needed; at least one."""
    ids = list(dict.fromkeys(str(patient) for patient in patients if patient))
    if any("," in one or len(one) > _WIDTHS["patient_id"] for one in ids):
        raise ValueError("also_patients takes patient ids")
    for start in range(0, max(len(ids), 1), SUBJECTS_MAX):
        yield ",".join(ids[start : start + SUBJECTS_MAX])


def _detail(detail: Mapping[str, Any] | None) -> str:
    """Canonical JSON of a small flat mapping. The limits are what keeps a sheet's text out of the log (AUD-07)."""
    if not detail:
        return "{}"
    if len(detail) > DETAIL_ENTRIES_MAX:
        raise ValueError("audit detail has too many entries")
    for key, value in detail.items():
        if not (isinstance(key, str) and key.isascii() and key.replace("_", "").replace(".", "").isalnum()):
            raise ValueError("the names in an audit detail are codes")
        _check_value(key, value)
    return orjson.dumps(dict(detail), option=orjson.OPT_SORT_KEYS).decode()


def _check_value(key: str, value: object) -> None:
    if isinstance(value, str):
        if len(value) > DETAIL_CHARACTERS_MAX or not value.isprintable():
            raise ValueError(f"audit detail {key!r} is too long or has line breaks: no clinical text here")
    elif isinstance(value, int):
        if abs(value) > _INTEGER_MAX:
            raise ValueError(f"audit detail {key!r} is too large")
    elif value is not None:
        raise TypeError(f"audit detail {key!r} must be a text, an integer, true, false or nothing")
