"""A data directory of its own for every test, cheap passwords, the cast of people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benhan.law import registry
from tests.flushing import let_tests_flush
from tests.people import Cast, build


def pytest_collection() -> None:
    """Tests outside of `formbook` see the law's forms alone: no question to a database that a test may not have."""
    registry.add_source(tuple)


ASKS_NO_DATABASE = ("forms", "law", "proof", "conformance", "kernel", "ui")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database is the same on every database: it runs once, in the run on SQLite."""
    if not os.environ.get("BENHAN_DATABASE_URL"):
        return
    here = Path(__file__).parent
    again = [
        item
        for item in items
        if item.path.relative_to(here).parts[0] in ASKS_NO_DATABASE
        and not item.get_closest_marker("django_db")
        and not {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=again)
    gone = set(again)
    items[:] = [item for item in items if item not in gone]


@pytest.fixture(scope="session", autouse=True)
def flushable() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        let_tests_flush(patch)
        yield


@pytest.fixture(autouse=True)
def data_directory(settings: Any, tmp_path: Path) -> Path:
    settings.BENHAN_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["tests.hashing.CheapArgon2"]
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
    return tmp_path


@pytest.fixture
def cast(db: None, data_directory: Path) -> Cast:
    """The facility with its people, and two patients in different departments."""
    return build()
