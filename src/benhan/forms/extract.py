"""What the fields of a form mean: conditions, observations, medications, allergies, requests, results, procedures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benhan.forms.definition import ExtractRule, FormVersion
from benhan.kernel.text import fold


@dataclass(frozen=True)
class Extract:
    """One meaning found in a content. `path` leads back to the field; `at` is the clinical time of its row, if any."""

    kind: str
    path: str
    code: str = ""
    system: str = ""
    display: str = ""
    value: Any = None
    unit: str = ""
    role: str = ""
    at: str = ""


def extract(form: FormVersion, content: dict[str, Any]) -> list[Extract]:
    """Read a content by its form's extract rules, in the order of the rules."""
    return [found for rule in form.extracts for found in _apply(rule, content)]


def _apply(rule: ExtractRule, content: dict[str, Any]) -> list[Extract]:
    section_id, _, field_id = rule.path.partition(".")
    value = content.get(section_id)
    rows = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
    found: list[Extract] = []
    for number, row in enumerate(rows):
        path = f"{section_id}.{number}" if isinstance(value, list) else section_id
        at = str(row.get("at", ""))
        if rule.columns and field_id:
            table = row.get(field_id) or []
            found += [
                e
                for n, line in enumerate(table)
                if _is_meant(rule, line) and (e := _from_columns(rule, line, f"{path}.{field_id}.{n}", at))
            ]
        elif not _is_meant(rule, row):
            continue
        elif rule.columns:
            line = _from_columns(rule, row, path, at)
            found += [line] if line else []
        elif row.get(field_id) not in (None, "", []):
            found.append(_single(rule, row[field_id], f"{path}.{field_id}", at))
    return found


def _is_meant(rule: ExtractRule, line: dict[str, Any]) -> bool:
    return all(str(line.get(name, "")) == str(wanted) for name, wanted in rule.where.items())


def _from_columns(rule: ExtractRule, line: dict[str, Any], path: str, at: str) -> Extract | None:
    picked = {name: line.get(column) for name, column in rule.columns.items()}
    if not any(picked.get(k) not in (None, "") for k in ("code", "display", "value")):
        return None
    code = str(picked.get("code") or rule.code)
    return Extract(
        kind=rule.kind,
        path=path,
        code=code,
        system=rule.system if code else "",
        display=str(picked.get("display") or rule.display),
        value=picked.get("value"),
        unit=str(picked.get("unit") or rule.unit),
        role=str(picked.get("role") or rule.role),
        at=str(picked.get("at") or at),
    )


def _single(rule: ExtractRule, value: Any, path: str, at: str) -> Extract:
    """One field: a condition or an allergy is named by its value; everything else has a value."""
    if rule.kind not in ("condition", "allergy") or rule.code:
        system = rule.system if rule.code else ""
        return Extract(rule.kind, path, rule.code, system, rule.display, value, rule.unit, rule.role, at)
    if fold(str(value)).strip(" .-") in rule.absent:
        return Extract(rule.kind, path, display=str(value), role="absent", at=at)
    if rule.system == "icd10":
        return Extract(rule.kind, path, str(value), rule.system, rule.display, role=rule.role, at=at)
    return Extract(rule.kind, path, display=str(value), role=rule.role, at=at)
