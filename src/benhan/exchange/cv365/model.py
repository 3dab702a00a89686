"""The one shape of a file in memory: every element there, in the annex's order, empty ones empty."""

from __future__ import annotations

from typing import Any

from benhan.exchange.cv365.schema import GROUPS, Element, schema

Model = dict[str, Any]


def complete(given: Model) -> Model:
    """Bring known elements into order and fill what is absent with empty ones. Unknown elements must have been refused before:
    they are left out here."""
    return {name: _whole(schema()[name], given.get(name) or {}) for name in GROUPS}


def _whole(node: Element, given: Any) -> dict[str, Any]:
    held = given if isinstance(given, dict) else {}
    if node.open:
        return {name: str(value) for name, value in held.items()}
    return {name: _value(child, held.get(name)) for name, child in node.children.items()}


def _value(node: Element, given: Any) -> Any:
    if node.many or (node.may_repeat and isinstance(given, list) and len(given) != 1):
        rows = given if isinstance(given, list) else [] if given in (None, "") else [given]
        return (
            [_whole(node, row) for row in rows]
            if node.is_object
            else [str(row) for row in rows if row not in (None, "")]
        )
    if node.may_repeat and isinstance(given, list):
        given = given[0]
    if node.is_object:
        return _whole(node, given)
    return "" if given is None else str(given)


def put(model: Model, path: str, value: str, row: dict[str, Any] | None = None) -> None:
    """Put a text at `Group.a.b` unless something stands there. In a repeated element `[]` the value goes into `row`, which the
    caller has added to the list."""
    steps = path.split(".")
    node: Any = model
    for step in steps[:-1]:
        name = step.removesuffix("[]")
        if step.endswith("[]"):
            if row is None:
                rows = node.setdefault(name, [])
                if not rows:
                    rows.append({})
                node = rows[0]
            else:
                node = row
        else:
            node = node.setdefault(name, {})
    node.setdefault(steps[-1], value)
    if node[steps[-1]] == "":
        node[steps[-1]] = value
