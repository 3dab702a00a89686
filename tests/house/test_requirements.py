"""The table of requirements stays honest: nothing is done without code and a test that exist."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STATES = {"done", "partly", "later", "not ours"}
# Requirements that are kept by absence: there is nothing to run, so the place says it.
BY_ABSENCE = {"PAT-08", "PAT-09", "PRN-05", "EXC-33", "PDP-13"}


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_requirement_stands_once_with_a_known_state() -> None:
    table = rows()
    assert len(table) > 250
    assert [i for i, n in Counter(r["id"] for r in table).items() if n > 1] == []
    assert all(re.fullmatch(r"[A-Z]{3}-\d\d", r["id"]) for r in table)
    assert {r["state"] for r in table} <= STATES


@pytest.mark.parametrize("row", [r for r in rows() if r["state"] in ("done", "partly")], ids=lambda r: r["id"])
def test_what_is_claimed_exists(row: dict[str, str]) -> None:
    assert row["where"], "a claim names its place"
    assert (ROOT / row["where"]).exists(), row["where"]
    if row["test"]:
        assert _exists(row["test"]), row["test"]
    else:
        assert row["state"] == "partly" or row["id"] in BY_ABSENCE, "done needs a test"
    assert row["state"] == "done" or row["note"] or row["test"], "partly says what is missing"


def _exists(test: str) -> bool:
    path, _, names = test.partition("::")
    place = ROOT / path
    if not place.exists():
        return False
    if not names:
        return True
    body: list[ast.stmt] = ast.parse(place.read_text(encoding="utf-8")).body
    for name in names.split("::"):
        found = next((n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name), None)
        if found is None:
            return False
        body = found.body
    return True
