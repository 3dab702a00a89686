"""Who listens to whom, and which room speaks for which object: every line of it, in one file.

Calls go down, news goes up. A room that must react to a fact of a lower room is named here and nowhere else; so is the
room that tells the gate about its objects.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from benhan.access import gate
from benhan.kernel import news

_connected = False


def connect() -> None:
    """Connect the house once. Called when all rooms are loaded."""
    global _connected
    if _connected:
        return
    _connected = True
    register_actions()
    provide_facts()
    subscribe()
    news.seal()


def register_actions() -> None:
    """Every room's `permissions.ACTIONS` becomes known to the gate."""
    for room in settings.ROOMS:
        if find_spec(room) and find_spec(f"{room}.permissions"):
            gate.register(*import_module(f"{room}.permissions").ACTIONS)


def provide_facts() -> None:
    """Which room tells relation and record state of which object."""


def subscribe() -> None:
    """Fact → listener."""
