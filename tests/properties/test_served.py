"""A served house answers many at once, on both databases: its workers share no connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.house_process import House


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    house = House(tmp_path / "house")
    house.run("setup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from benhan.cli import main; main()", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=house.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(timeout=30)
    house.end()


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return int(answer.status)


def test_many_at_once_all_get_their_answer(address: str) -> None:
    for _ in range(200):
        try:
            _get(f"{address}/health")
            break
        except OSError:
            time.sleep(0.1)
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(_get, [f"{address}/setup"] * 64))
    assert answers == [200] * 64
