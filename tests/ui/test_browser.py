"""The scripts of the frame at work in a real browser: autosave, lost connections, growing tables, codes, marks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui import urls

pytest.importorskip("playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.ui.urls"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def page(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The page of all components, with every message of the console an error of the test."""
    from playwright.sync_api import sync_playwright

    # The browser's driver runs an event loop in this thread; Django would refuse its own synchronous database here.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    urls.kept.clear()
    urls.answer_with["status"] = 200
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1366, "height": 768})
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
        opened.goto(f"{live_server.url}/gallery")
        yield opened
        browser.close()
    assert faults == []


def test_what_is_typed_is_kept_within_two_seconds(page: Any) -> None:
    page.fill("#f-exam-reason", "Sốt, ho 3 ngày")
    page.wait_for_selector('[data-save-state][data-state="saved"]:has-text("10:32:05")', timeout=2500)
    page.wait_for_timeout(100)
    assert urls.kept[-1]["exam.reason"] == ["Sốt, ho 3 ngày"]
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_lost_connection_loses_nothing_and_the_text_comes_back(page: Any) -> None:
    page.route("**/autosave", lambda route: route.abort())
    page.fill("#f-exam-reason", "Gõ lúc mất mạng")
    page.wait_for_selector('[data-save-state][data-state="offline"]', timeout=4000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert page.input_value("#f-exam-reason") == ""
    page.unroute("**/autosave")
    page.click("form[data-editor] > .notice button >> nth=0")
    assert page.input_value("#f-exam-reason") == "Gõ lúc mất mạng"
    page.wait_for_selector('[data-save-state]:has-text("10:32:05")', timeout=4000)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_refused_draft_says_so_and_keeps_the_text(page: Any) -> None:
    urls.answer_with["status"] = 409
    page.fill("#f-exam-reason", "Hồ sơ vừa niêm phong")
    page.wait_for_selector('[data-save-state][data-state="offline"]', timeout=4000)
    assert page.evaluate("Object.keys(localStorage).length") == 1


def test_tables_grow_and_shrink_by_keyboard(page: Any) -> None:
    page.focus("[name='exam.drugs.0.name']")
    page.keyboard.press("Alt+Enter")
    assert page.evaluate("document.activeElement.name") == "exam.drugs.2.name"
    page.keyboard.press("Alt+Delete")
    assert page.locator("[name='exam.drugs.2.name']").count() == 0
    page.focus("[name='visits.0.note']")
    page.keyboard.press("Alt+Enter")
    assert page.evaluate("document.activeElement.name") == "visits.1.day"


def test_a_code_is_found_by_typing_and_taken_by_keyboard(page: Any) -> None:
    page.fill("[name='exam.route']", "")
    page.type("[name='exam.route']", "uong")
    page.wait_for_selector("#f-exam-route-list li", timeout=3000)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("[name='exam.route']") not in ("", "uong")
    assert page.inner_text("#f-exam-route + .code-name") != ""


def test_numbers_dates_and_conditions_answer_at_once(page: Any) -> None:
    page.fill("#f-exam-temperature", "44.5")
    page.press("#f-exam-temperature", "Tab")
    assert page.input_value("#f-exam-temperature") == "44,5"
    assert page.locator(".with-unit .field-warning").count() == 1
    page.fill("#f-exam-onset", "20112026")
    page.press("#f-exam-onset", "Tab")
    assert page.input_value("#f-exam-onset") == "20/11/2026"
    page.click("[data-field='exam.allergic'] label >> nth=1")
    assert page.is_hidden("#f-exam-allergen")
    page.click("[data-field='exam.allergic'] label >> nth=0")
    assert page.is_visible("#f-exam-allergen")


def test_alt_n_jumps_to_what_is_missing(page: Any) -> None:
    page.focus("#f-exam-at")
    page.keyboard.press("Alt+n")
    assert page.evaluate("document.activeElement.name") == "exam.temperature"
    page.keyboard.press("Alt+n")
    assert page.evaluate("document.activeElement.name") == "exam.reason"


def test_a_mark_is_drawn_with_the_pointer_or_by_keyboard(page: Any) -> None:
    canvas = page.locator("[data-mark='f-mark']")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90)
    page.mouse.up()
    assert page.input_value("#f-mark").startswith("M")
    page.click(".mark-box:has([data-mark='f-mark']) [data-mark-clear]")
    assert page.input_value("#f-mark") == ""
    canvas.press("Enter")
    assert page.input_value("#f-mark").count("M") == 2


def test_dialogs_and_help_open_and_close_by_keyboard(page: Any) -> None:
    page.keyboard.press("?")
    assert page.is_visible("#keyboard-help")
    page.keyboard.press("Escape")
    assert page.is_hidden("#keyboard-help")


def test_long_work_shows_a_bar_and_is_not_sent_twice(page: Any) -> None:
    page.evaluate(
        "() => { const f = document.createElement('form'); f.method = 'post'; f.id = 'slow';"
        " document.querySelector('main').prepend(f); }"
    )
    # A made-up event runs the same listeners without leaving the page.
    send = "document.querySelector('#slow').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))"
    assert page.evaluate(send) is True
    assert page.locator(".working").count() == 0, "a bar at once would only flicker"
    page.wait_for_selector(".working progress", timeout=3000)
    assert "Đang thực hiện" in page.inner_text(".working")
    assert page.evaluate(send) is False
    page.keyboard.press("Escape")
    page.wait_for_selector(".working", state="detached", timeout=2000)
    assert page.evaluate(send) is True


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (820, 1180)])
def test_nothing_hangs_over_the_edge_and_the_banner_never_leaves(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert page.locator(".patient-banner").bounding_box()["y"] < 80
    rows = page.evaluate("[...document.querySelectorAll('.table-dense tbody tr')].map(r => r.offsetHeight)")
    assert max(rows) <= 30
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main select, main input:not([type=hidden]):not([type=radio])"
        ":not([type=checkbox])')].filter(e => e.offsetParent && e.offsetHeight < 24).map(e => e.outerHTML)"
    )
    assert small == []
