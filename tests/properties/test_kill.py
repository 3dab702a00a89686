"""Whoever pulls the plug loses nothing that was acknowledged and leaves nothing half done (REC, AUD)."""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house_process import House
from tests.properties.processes import finish, found, start

ROUNDS = 5
# Acknowledgements before the plug is pulled: a record takes nine until its seal.
LINES = (4, 26)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = found(tmp_path / "house")
    yield made
    made.end()


def _killed_in_between(house: House, name: str, lines: int, wait: float) -> list[str]:
    """Let it work until so many lines came and a moment longer, then kill -9; what it had said by then."""
    process = start(house, "work", name)
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if len(told) >= lines:
            break
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    rest, faults = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, faults[-3000:]
    return told + [line for line in rest.splitlines(keepends=True) if line.endswith("}\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_kill_minus_nine_loses_nothing_acknowledged(house: House) -> None:
    deal = random.Random(7)
    told: list[str] = []
    for number in range(ROUNDS):
        told += _killed_in_between(house, f"r{number}", deal.randint(*LINES), deal.uniform(0, 0.12))
    report = json.loads(finish(start(house, "check"), "".join(told)).splitlines()[-1])
    assert report["acknowledged"] == len(told) >= ROUNDS * LINES[0]
    assert report["wrong"] == []
    assert any('"sealed"' in line for line in told), "no round came as far as a seal: nothing was tried"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_was_acknowledged_and_is_gone_is_found(house: House) -> None:
    """The check can fail: it is told of a version, a seal and a number that were never there."""
    nowhere = "00000000-0000-7000-8000-000000000000"
    lies = [
        {"kind": "written", "version": nowhere, "sha256": "0"},
        {"kind": "sealed", "record": nowhere, "sha256": "0"},
        {"kind": "opened", "record": nowhere, "number": "1"},
        {"kind": "signed", "versions": [nowhere]},
        {"kind": "draft", "draft": nowhere, "key": "none", "count": 1},
    ]
    report = json.loads(finish(start(house, "check"), "\n".join(map(json.dumps, lies))).splitlines()[-1])
    assert len(report["wrong"]) == len(lies)
