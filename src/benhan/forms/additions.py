"""What a facility asks beside an official form. It can add; there are no words to hide, change or remove."""

from __future__ import annotations

from typing import Any

from benhan.forms.definition import FormBroken

PREFIX = "own_"  # ids of a facility's own, so that no later circular can meet them


def merged(official: dict[str, Any], addition: dict[str, Any]) -> dict[str, Any]:
    """The definition of the official form (its blocks put in) with the facility's additions: items behind those of a
    section, sections behind the last one. The official items and their order stay exactly as they are."""
    where = f"bổ sung cho {official.get('code', '?')}"
    sections = [dict(s) for s in official["sections"]]
    places = {s["id"]: n for n, s in enumerate(sections)}
    for given in addition.get("sections", []):
        if "section" in given:
            name = given["section"]
            if name not in places:
                raise FormBroken(f"{where}: mẫu không có phần “{name}”")
            here = sections[places[name]]
            sections[places[name]] = {**here, "fields": [*here["fields"], *_own(given["more_fields"], where)]}
        else:
            if not str(given.get("id", "")).startswith(PREFIX):
                raise FormBroken(f"{where}: mã của phần thêm phải bắt đầu bằng {PREFIX} (“{given.get('id')}”)")
            sections.append({**given, "fields": _own(given["fields"], where)})
    extracts = [*official.get("extract", []), *addition.get("extract", [])]
    return {**official, "sections": sections, **({"extract": extracts} if extracts else {})}


def _own(fields: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
    strange = [str(f.get("id")) for f in fields if not str(f.get("id", "")).startswith(PREFIX)]
    if strange:
        raise FormBroken(f"{where}: mã của mục thêm phải bắt đầu bằng {PREFIX} (“{strange[0]}”)")
    return [{**f, "added_by_us": True} for f in fields]
