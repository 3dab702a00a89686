"""Somebody practises a task in a real browser: the panel goes along and sees by itself that it is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from subprocess import Popen
from typing import Any

import pytest

from benhan.site.demo import PASSWORD
from tests.e2e.conftest import CHROMIUM, Site, free_port, wait_for
from tests.e2e.keyboard import begin_form
from tests.house_process import House

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
PIN = "864209"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The practice house of a house nobody set up yet: the demo hospital's staff may log in."""
    from playwright.sync_api import sync_playwright

    house, port = House(tmp_path_factory.mktemp("practice")), free_port()
    command = [sys.executable, "-m", "benhan", "practice", "--port", str(port)]
    server: Popen[bytes] = Popen(command, env=house.environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address)
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield Site(address, house, browser)
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
        house.end()


def certificate(page: Any, site: Site) -> None:
    page.goto(f"{site.address}/certificate")
    page.fill("#f-pin", PIN)
    page.fill("#f-again", PIN)
    page.click("main button[data-main], main .btn-primary")
    page.wait_for_selector("text=Chứng thư đã sẵn sàng")


def begin(page: Any, site: Site, task: str) -> None:
    page.goto(f"{site.address}/rollout/training/mine/")
    page.click(f"[data-task='{task}']")
    page.wait_for_selector(".practice-panel ol")


def test_a_nurse_practises_vital_signs_and_the_panel_sees_it_done(practice: Site) -> None:
    page = practice.window("dieuduong")
    assert page.locator(".practice-banner").is_visible()
    begin(page, practice, "nurse_certificate")
    certificate(page, practice)
    page.wait_for_selector(".practice-done")

    begin(page, practice, "nurse_vitals")
    assert page.locator(".practice-done").count() == 0
    page.click(".practice-case a")
    assert page.locator(".practice-panel .is-behind").count() == 0
    begin_form(page, "chức năng sống")
    page.fill("[name='reading.pulse']", "80")
    page.fill("[name='reading.temperature']", "36,8")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/documents/*/")
    page.wait_for_selector(".practice-panel .is-behind")
    assert page.locator(".practice-done").count() == 0  # written, not yet signed
    page.fill("[name='pin']", PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector(".practice-done")
    page.goto(f"{practice.address}/rollout/training/mine/")
    assert page.locator("main .chip-good").count() == 2


def test_the_panel_stays_folded_and_paper_bears_the_words(practice: Site) -> None:
    page = practice.window("bacsi")
    begin(page, practice, "doctor_admission")
    page.click(".practice-panel summary")
    page.goto(f"{practice.address}/records/")
    page.wait_for_load_state("networkidle")
    assert not page.locator(".practice-panel ol").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".practice-banner").is_visible()
    assert not page.locator(".practice-panel").is_visible()


def test_who_is_no_member_of_the_house_does_not_get_in(practice: Site) -> None:
    page = practice.browser.new_context().new_page()
    page.goto(f"{practice.address}/login")
    assert page.locator(".practice-banner").is_visible()
    page.fill("#username", "mau.bacsi")  # an instructor: an account without a door
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("text=không đúng")
