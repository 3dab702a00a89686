"""A real server of the demo hospital and a real browser, each person in a window of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from benhan.site.demo import PASSWORD
from tests.house_process import House

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


class Site:
    """The served house: its address, its commands, windows of people."""

    def __init__(self, address: str, house: House, browser: Any) -> None:
        self.address, self.house, self.browser, self.password = address, house, browser, PASSWORD
        self.facility = "Bệnh viện Đa khoa Mẫu Sông Tiền"

    def window(self, username: str) -> Any:
        """A page of a fresh browser profile, logged in."""
        page = self.browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True).new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{self.address}/login")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(f"{self.address}/")
        return page


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def serve(house: House) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-c", "from benhan.cli import main; main()", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=house.environment)
    address = f"http://127.0.0.1:{port}"
    wait_for(server, address)
    return server, address


def wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise RuntimeError("the server did not start")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, House]]:
    """One demo hospital for all stories: setting it up costs more than most of them."""
    house = House(tmp_path_factory.mktemp("served"))
    house.run("setup", "--with-demo")
    server, address = serve(house)
    yield address, house
    server.terminate()
    server.wait(timeout=20)
    house.end()


@pytest.fixture(scope="module")
def site(served: tuple[str, House]) -> Iterator[Site]:
    """Its windows. Per module: the browser's driver runs an event loop in this process, which other tests must not meet."""
    from playwright.sync_api import sync_playwright

    address, house = served
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Site(address, house, browser)
        browser.close()
