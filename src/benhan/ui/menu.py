"""The menu: rooms put their entries in, each with the action it needs; who may not do it does not see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class MenuItem:
    """One entry of the top bar."""

    label: str
    url_name: str
    action: str
    order: int = 100


_items: list[MenuItem] = []
_judge: list[Callable[[Any, str], bool]] = []


def add(*items: MenuItem) -> None:
    """Add entries (wiring only)."""
    _items.extend(items)
    _items.sort(key=lambda i: i.order)


def judge_with(allowed: Callable[[Any, str], bool]) -> None:
    """Let the room above that knows permissions decide what is shown (wiring only)."""
    _judge.append(allowed)


def items_for(request: Any) -> list[dict[str, Any]]:
    """The entries this request's person may use, with address and whether it is the open one."""
    actor = getattr(request, "actor", None)
    if actor is None or not _judge:
        return []
    found = []
    for item in _items:
        if _judge[0](actor, item.action):
            address = reverse(item.url_name)
            found.append({"label": item.label, "url": address, "current": request.path.startswith(address) and address != "/"})
    return found
