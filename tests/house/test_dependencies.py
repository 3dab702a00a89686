"""What is installed is used, and what is used is declared: every dependency earns its place (docs/decisions/)."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
import warnings
from pathlib import Path

from django.test import Client

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Distributions whose module has another name.
MODULES = {
    "python-docx": "docx",
    "dj-database-url": "dj_database_url",
    "pyhanko-certvalidator": "pyhanko_certvalidator",
    "pyyaml": "yaml",
}
# Declared, though no line imports them: why.
NOT_IMPORTED = {
    "argon2-cffi": "Django's password hasher loads it",
    "whitenoise": "a middleware named in the settings",
    "setuptools": "installs the project itself without reaching for the network",
    "tzdata": "Windows and minimal containers have no zone data of their own",
}
DEV_TOOLS = {"babel"}  # benhan.ui.messages is run by developers only


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert found
    return found.group().lower()


def imported() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"benhan", "benchmarks"}  # both lie in this repository


def test_every_dependency_is_used_and_every_import_declared() -> None:
    declared = {name_of(r) for r in PROJECT["dependencies"]}
    modules = {MODULES.get(name, name) for name in declared - set(NOT_IMPORTED)}
    assert modules - imported() == set()
    assert imported() - modules - DEV_TOOLS == set()
    assert set(NOT_IMPORTED) <= declared


def test_every_dependency_has_a_note_of_why() -> None:
    together = {"markupsafe": "jinja2", "pyhanko-certvalidator": "pyhanko", "asn1crypto": "pyhanko"}
    for name in sorted({name_of(r) for r in PROJECT["dependencies"]}):
        note = ROOT / "docs" / "decisions" / f"{together.get(name, name)}.md"
        text = note.read_text(encoding="utf-8").lower()
        assert "licence: " in text, name
        assert "**looked at.**" in text, name
        assert name in text or name == "django", name


def test_the_locks_hold_what_is_declared_and_name_no_index() -> None:
    for lock, wanted in (
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ):
        text = (ROOT / lock).read_text(encoding="utf-8")
        locked = {line.split("==")[0].split("[")[0].lower() for line in text.splitlines() if re.match(r"\w", line)}
        assert {name_of(r) for r in wanted} <= locked, lock
        assert "://" not in text


def test_serving_pages_warns_of_no_missing_directory(db: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Client().get("/static/ui/components.css").status_code == 200
