"""The menu and the few well-known links of the frame. Upper rooms register them; this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

ORDER_DEFAULT = 50


@dataclass(frozen=True)
class MenuItem:
    """One entry of the main menu. `label` may be lazy; `action_code` decides who sees it (empty: everybody)."""

    label: Any
    url_name: str
    action_code: str = ""
    order: int = ORDER_DEFAULT
    icon: str = "circle"
    key: str = ""


@dataclass(frozen=True)
class DrawnItem:
    """An entry as drawn for one request."""

    label: str
    href: str
    icon: str
    current: bool
    key: str


_items: dict[str, MenuItem] = {}
_links: dict[str, str] = {
    "home": "site:home",
    "search": "patients:quick_search",
    "patients": "patients:list",
    "logout": "access:logout",
    "password": "access:password",
    "help": "site:help",
    "language": "ui:language",
    "codes": "ui:codes",
}


def _nobody(actor: Any, action_code: str) -> bool:
    """Until the gate is wired in, what needs a permission is shown to nobody."""
    return False


_may: Callable[[Any, str], bool] = _nobody


def register(*items: MenuItem) -> None:
    """Add entries; the same route twice is an error unless it is the same entry."""
    for item in items:
        if _items.setdefault(item.url_name, item) != item:
            raise RuntimeError(f"menu entry {item.url_name} is registered twice")


def allow_with(may: Callable[[Any, str], bool]) -> None:
    """Hand in the gate's `allowed(actor, action_code)` (wiring only)."""
    global _may
    _may = may


def set_link(kind: str, url_name: str) -> None:
    """Say which route a well-known link of the frame leads to: home, search, patients, logout, password, help…"""
    _links[kind] = url_name


def link(kind: str) -> str:
    """The address of a well-known link, or an empty text when its room is not there."""
    try:
        return reverse(_links[kind])
    except (KeyError, NoReverseMatch):
        return ""


def may(request: HttpRequest, action_code: str) -> bool:
    """May the person of this request do it? For menus and buttons; the gate asks again at the door."""
    actor = getattr(request, "actor", None)
    return actor is not None and (not action_code or _may(actor, action_code))


def items_for(request: HttpRequest) -> list[DrawnItem]:
    """The entries this person may use, in order. The longest address that begins the path is the current one."""
    drawn: list[tuple[MenuItem, str]] = []
    for item in sorted(_items.values(), key=lambda i: i.order):
        if not may(request, item.action_code):
            continue
        try:
            drawn.append((item, reverse(item.url_name)))
        except NoReverseMatch:
            continue
    here = max((href for _, href in drawn if _is_under(request.path, href)), key=len, default="")
    return [DrawnItem(str(item.label), href, item.icon, href == here, item.key) for item, href in drawn]


def _is_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
