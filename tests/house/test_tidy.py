"""Rules of the house that imports cannot show."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

from benhan.access import gate

ROOT = Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src" / "benhan"
SOURCES = [p for p in sorted(SRC.rglob("*.py")) if "migrations" not in p.parts]
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500


def test_no_file_needs_a_map() -> None:
    assert {
        p.relative_to(SRC).as_posix()
        for p in SOURCES
        if len(p.read_text(encoding="utf-8").splitlines()) > FILE_LINES_MAX
    } == set()


def test_no_function_is_longer_than_the_eye() -> None:
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > FUNCTION_LINES_MAX:
                found.add(f"{path.name}:{node.name}")
    assert found == set()


def test_every_room_has_a_readme() -> None:
    rooms = [p for p in SRC.iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    rooms = [p for p in rooms if p.name not in ("config", "exchange", "rollout")]
    rooms += [p for hall in ("exchange", "rollout") for p in (SRC / hall).iterdir() if (p / "__init__.py").exists()]
    assert {p.name for p in rooms if not (p / "README.md").exists()} == set()


def test_every_action_has_a_label_and_a_rule() -> None:
    assert gate.problems() == []
    assert [a.code for a in gate.actions().values() if not a.label] == []


def test_tables_are_written_in_services_only() -> None:
    """Views and queries read; what writes is a verb."""
    writing = re.compile(r"\.(save|delete|bulk_create|update_or_create|get_or_create)\(|objects\.create\(")
    found = []
    for path in SOURCES:
        if path.name in ("views.py", "queries.py", "permissions.py") or path.name.startswith("views_"):
            found += [
                f"{path.parent.name}/{path.name}"
                for line in path.read_text(encoding="utf-8").splitlines()
                if writing.search(line)
            ]
    assert found == []


def test_nothing_of_this_machine_and_no_registry_stands_in_the_tree() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    bad = re.compile(r"(--(extra-)?index-url|pypi\.org|registry\.npmjs|/work/(main|wt|shared))")
    found = []
    for name in tracked:
        path = ROOT / name
        if (
            path.suffix in (".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".sh", ".txt", ".csv", "")
            and path.is_file()
            and name != "tests/house/test_tidy.py"
        ):
            found += [
                name for line in path.read_text(encoding="utf-8", errors="ignore").splitlines() if bad.search(line)
            ]
    assert found == []


def test_every_setting_of_the_environment_is_in_the_administrators_guide() -> None:
    names = set()
    for path in SOURCES:
        names |= set(re.findall(r"\"(BENHAN_[A-Z_]+)\"", path.read_text(encoding="utf-8")))
    guide = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    assert {n for n in names if n not in guide} == set()
