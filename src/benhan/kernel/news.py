"""Calls go down, news goes up: a lower room announces a fact in the past tense, upper rooms have subscribed.

All subscriptions stand in one file, `benhan.config.wiring`. Subscribers run at once, in the order of subscription and
in the announcer's transaction; what a subscriber raises stops the verb that announced, so nothing is half done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Fact = TypeVar("Fact")

_subscribers: dict[type, list[Callable[[Any], None]]] = {}
_sealed = False


def subscribe(fact: type[Fact], listener: Callable[[Fact], None]) -> None:
    """Let `listener` hear every fact of this exact type. Only the wiring file may call this, before `seal`."""
    if _sealed:
        raise RuntimeError("subscriptions are closed: add the line to config/wiring.py")
    listeners = _subscribers.setdefault(fact, [])
    if listener in listeners:
        raise RuntimeError(f"{listener!r} hears {fact.__name__} already")
    listeners.append(listener)


def announce(fact: object) -> None:
    """Tell every subscriber, in order. A fact nobody hears is fine."""
    for listener in _subscribers.get(type(fact), ()):
        listener(fact)


def seal() -> None:
    """Close the list of subscriptions: from here on the house listens as written in the wiring file."""
    global _sealed
    _sealed = True


def subscriptions() -> list[tuple[str, str]]:
    """The wiring as (fact, listener) names, for the documentation and its test."""
    return [
        (fact.__name__, f"{listener.__module__}.{listener.__qualname__}")
        for fact, listeners in _subscribers.items()
        for listener in listeners
    ]
