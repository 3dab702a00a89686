"""A complete model as bytes: JSON or XML, the same bytes for the same model."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from benhan.exchange.cv365.model import Model, complete
from benhan.exchange.cv365.schema import ROOT


def to_json(model: Model) -> bytes:
    """UTF-8 JSON, indented by one blank."""
    return (json.dumps({ROOT: complete(model)}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def to_xml(model: Model) -> bytes:
    """UTF-8 XML with a declaration, no attributes, no namespace; a list is its element repeated, an empty one a single empty
    element."""
    root = etree.Element(ROOT)
    for name, value in complete(model).items():
        _append(root, name, value)
    body = etree.tostring(root, encoding="unicode", pretty_print=True)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + body).encode("utf-8")


def _append(parent: etree._Element, name: str, value: Any) -> None:
    if isinstance(value, list):
        for row in value:
            _append(parent, name, row)
        if not value:
            etree.SubElement(parent, name)
        return
    node = etree.SubElement(parent, name)
    if isinstance(value, dict):
        for key, inner in value.items():
            _append(node, key, inner)
    elif value:
        node.text = value
