"""A data directory of its own for every test of the log, and tables that the runner may empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benhan.audit import services
from tests.flushing import let_tests_flush


@pytest.fixture(scope="session", autouse=True)
def flushable() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        let_tests_flush(patch)
        yield


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> Path:
    settings.BENHAN_HOME = tmp_path
    settings.ROOT_URLCONF = "tests.audit.urls"
    return tmp_path


@pytest.fixture
def doctor() -> services.Who:
    return services.Who(
        account_id="0190aaaa-0000-7000-8000-000000000001",
        account_name="bs.lan",
        person_name="BS. Trần Thị Lan",
        account_kind="person",
        roles=("doctor",),
        source_ip="10.0.0.7",
        source_port=50123,
        device="Firefox",
        session="ab12",
    )
