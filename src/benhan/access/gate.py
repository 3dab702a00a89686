"""The one gate: may this actor do this action to this object? Deny when nothing is said.

Rooms register actions and hand facts; the rules stand in `matrix.csv`. A rule matches when one of its roles is the
actor's, one of its relations holds between actor and object, and the object's record is in one of its states.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from benhan.access.actors import Actor
from benhan.access.models import ROLES
from benhan.audit import services as audit
from benhan.kernel.errors import NotFound, Refused

Kind = Literal["read", "write", "export", "admin"]
Subject = Literal["none", "patient", "record"]
RELATIONS = frozenset({"department", "care", "author"})
ANY = "*"


@dataclass(frozen=True)
class Action:
    """Something a person may ask to do. `subject` says what kind of object the gate will be handed."""

    code: str
    label: str
    kind: Kind = "read"
    subject: Subject = "none"


@dataclass(frozen=True)
class Facts:
    """What the room that owns an object knows about it for this actor."""

    relations: frozenset[str] = frozenset()
    record_state: str | None = None
    patient_id: str | None = None
    record_id: str | None = None


@dataclass(frozen=True)
class Rule:
    """One line of the matrix."""

    action: str
    roles: frozenset[str]
    relations: frozenset[str]
    record_states: frozenset[str]

    def matches(self, actor: Actor, facts: Facts) -> bool:
        """Do role, relation and record state all fit?"""
        return (
            bool(self.roles & actor.roles)
            and (ANY in self.relations or bool(self.relations & facts.relations))
            and (ANY in self.record_states or facts.record_state in self.record_states)
        )


# Seeing decides between "not yours" (404, as if it did not exist) and "not allowed" (403).
SIGHT: dict[str, str] = {"patient": "patients.patient.read", "record": "records.record.read"}

_actions: dict[str, Action] = {}
_facts: dict[type, Callable[[Actor, Any], Facts]] = {}


def register(*actions: Action) -> None:
    """Make actions known. Registering another action under a known code is an error."""
    for action in actions:
        if _actions.setdefault(action.code, action) != action:
            raise RuntimeError(f"action {action.code} is registered twice")


def provide(model: type, facts: Callable[[Actor, Any], Facts]) -> None:
    """Let a room above tell the facts about its objects (wiring only)."""
    _facts[model] = facts


def actions() -> dict[str, Action]:
    """All registered actions."""
    return dict(_actions)


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """The matrix, checked: an unknown role or relation in the file stops the house."""
    table: dict[str, list[Rule]] = {}
    text = resources.files("benhan.access").joinpath("matrix.csv").read_text(encoding="utf-8")
    for line in csv.DictReader(text.splitlines()):
        rule = Rule(line["action"], _set(line["roles"]), _set(line["relations"]), _set(line["record_states"]))
        unknown = (rule.roles - ROLES.keys() - {"system"}) | (rule.relations - RELATIONS - {ANY})
        if unknown:
            raise RuntimeError(f"matrix.csv: {line['action']}: unknown {sorted(unknown)}")
        table.setdefault(rule.action, []).append(rule)
    return {code: tuple(found) for code, found in table.items()}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def facts_of(actor: Actor, obj: Any) -> Facts:
    """Ask the owning room about an object. An object nobody speaks for is denied to everybody."""
    if obj is None:
        return Facts()
    provider = _facts.get(type(obj))
    if provider is None:
        raise RuntimeError(f"no facts are provided for {type(obj).__name__}: add it to config/wiring.py")
    return provider(actor, obj)


def allowed(actor: Actor, code: str, obj: Any = None) -> bool:
    """May the actor do it? No log, no exception: for menus and buttons."""
    return _decide(actor, code, facts_of(actor, obj))


def permitted(actor: Actor, obj: Any, codes: Mapping[str, str]) -> dict[str, bool]:
    """For each name whether the actor may do the action beside it: the buttons of one page, the object looked at once."""
    facts = facts_of(actor, obj)
    return {name: _decide(actor, code, facts) for name, code in codes.items()}


def require(actor: Actor, code: str, obj: Any = None) -> Facts:
    """Pass, or raise NotFound (may not even see it) or Refused. Every refusal is logged."""
    facts = facts_of(actor, obj)
    if _decide(actor, code, facts):
        return facts
    audit.record(
        code,
        outcome="refused",
        patient_id=facts.patient_id,
        record_id=facts.record_id,
        object_type=type(obj).__name__.lower() if obj is not None else "",
        object_id=str(getattr(obj, "pk", "") or ""),
        reason="not_permitted",
    )
    subject = _actions[code].subject
    if obj is not None and subject in SIGHT and not _decide(actor, SIGHT[subject], facts):
        raise NotFound
    raise Refused("Tài khoản của bạn không có quyền làm việc này", code="not_permitted", law="R-155")


def _decide(actor: Actor, code: str, facts: Facts) -> bool:
    if code not in _actions:
        raise RuntimeError(f"action {code} is not registered")
    return any(rule.matches(actor, facts) for rule in rules().get(code, ()))


def problems() -> list[str]:
    """What is wrong between the registered actions and the matrix; empty when they agree."""
    known, ruled = set(_actions), set(rules())
    return [f"action without a rule: {code}" for code in sorted(known - ruled)] + [
        f"rule for an unknown action: {code}" for code in sorted(ruled - known)
    ]
