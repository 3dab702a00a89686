"""A data directory of its own for every test, cheap passwords, the cast of people."""

from __future__ import annotations

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
