"""The menu and the few well-known links of the frame. Upper rooms put them in; this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext


@dataclass(frozen=True)
class MenuItem:
    """One entry of the main menu. `action` decides who sees it; `icon` names a symbol of the sprite."""

    label: str
    url_name: str
    action: str
    order: int = 100
    icon: str = "circle"


_items: list[MenuItem] = []
_judge: list[Callable[[Any, str], bool]] = []
_links: dict[str, str] = {
    "home": "site:home",
    "language": "site:language",
    "help": "site:help",
    "quick_search": "patients:results",
    "search_page": "patients:search",
    "codes": "records:codes",
    "logout": "access:logout",
    "password": "access:password",
}
# Icons for routes whose entry names none, so that the rail is never a column of dots.
_ICONS = {
    "patients:search": "people",
    "records:worklist": "folder2-open",
    "records:queue": "pen",
    "site:my_certificate": "patch-check-fill",
    "site:staff": "person-badge",
    "site:audit": "clock-history",
}


def add(*items: MenuItem) -> None:
    """Add entries (wiring only)."""
    _items.extend(item for item in items if item not in _items)
    _items.sort(key=lambda i: i.order)


def judge_with(allowed: Callable[[Any, str], bool]) -> None:
    """Let the room above that knows permissions decide what is shown (wiring only)."""
    _judge[:] = [allowed]


def set_link(kind: str, url_name: str) -> None:
    """Say which route a well-known link of the frame leads to; the kinds are the keys of `_links`."""
    _links[kind] = url_name


def link(kind: str) -> str:
    """The address of a well-known link, or an empty text when its room is not there."""
    return _address(_links[kind]) if kind in _links else ""


def may(request: Any, action: str) -> bool:
    """May the person of this request do it? For menus and buttons; the gate asks again at the door."""
    actor = getattr(request, "actor", None)
    return actor is not None and bool(_judge) and _judge[0](actor, action)


def items_for(request: Any) -> list[dict[str, Any]]:
    """The entries this person may use, in order; the longest address that begins the path is the current one."""
    found = [(item, address) for item in _items if may(request, item.action) and (address := _address(item.url_name))]
    here = max((address for _, address in found if _is_under(request.path, address)), key=len, default="")
    return [
        {
            "label": gettext(item.label),
            "url": address,
            "current": address == here,
            "icon": item.icon if item.icon != "circle" else _ICONS.get(item.url_name, item.icon),
        }
        for item, address in found
    ]


def _address(url_name: str) -> str:
    """Where a route leads; nothing when its room is not there (a health department runs other rooms than a hospital)."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_under(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))
