"""The ward: a doctor who never touches the mouse, a nurse on her round, text that survives whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from benhan.site.demo import PIN
from tests.e2e.conftest import Site
from tests.e2e.keyboard import begin_form, fill_what_is_missing, tab_to

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
NOTE = "[name='note.text']"


def test_a_doctor_admits_a_patient_without_a_mouse(site: Site) -> None:
    page = site.window("bacsi")
    page.keyboard.press("F2")
    page.keyboard.type("tran van duc 1971", delay=10)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patients/*-*/")
    tab_to(page, "BA26.000002")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*-*/")
    begin_form(page, "29/bv2")
    filled = fill_what_is_missing(page, {"icd": "viem phoi", "ward": "K03"})
    assert any(name.endswith(".icd") for name in filled)
    assert page.input_value("[name$='.icd']").startswith("J")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/documents/**")
    tab_to(page, name="pin")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã ký")


def write(page: Any, site: Site, form: str) -> None:
    """Open a sheet of the first record of the ward."""
    page.goto(f"{site.address}/records/")
    page.click("main td a:has-text('BA26.000001')")
    begin_form(page, form)


def test_a_nurse_writes_signs_and_care(site: Site) -> None:
    page = site.window("dieuduong")
    write(page, site, "Phiếu theo dõi chức năng sống")
    for name, value in {"pulse": "88", "temperature": "37.6", "bp_systolic": "118", "bp_diastolic": "72"}.items():
        page.fill(f"[name='reading.{name}']", value)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/documents/**")
    write(page, site, "Phiếu theo dõi và chăm sóc cấp 2")
    page.focus("[name='interventions.at']")
    page.keyboard.press("Alt+t")
    page.fill("[name='interventions.care']", "Vỗ rung, hướng dẫn ho có hiệu quả")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/documents/**")
    page.goto(f"{site.address}/records/")
    page.click("main td a:has-text('BA26.000001')")
    signs = page.inner_text("section[aria-label='Dấu hiệu sinh tồn']")
    assert "88 lần/phút" in signs
    assert "118/72 mmHg" in signs


def test_a_killed_window_keeps_what_was_typed(site: Site) -> None:
    page = site.window("bacsi")
    write(page, site, "Tờ ghi thêm")
    draft = page.url
    page.fill(NOTE, "Gõ dở thì mất điện.")
    page.wait_for_selector("text=Đã lưu nháp")
    other = page.context.new_page()
    page.close()  # no farewell: beforeunload is not run
    other.goto(draft)
    assert other.input_value(NOTE) == "Gõ dở thì mất điện."
    other.click("button:has-text('Bỏ nháp')")


def test_a_session_that_ends_while_typing_loses_nothing(site: Site) -> None:
    page = site.window("bacsi")
    page.on("dialog", lambda dialog: dialog.accept())
    write(page, site, "Tờ ghi thêm")
    draft = page.url
    page.fill(NOTE, "Trước khi hết phiên.")
    page.wait_for_selector("text=Đã lưu nháp")
    page.context.clear_cookies(name="benhan_session")
    page.fill(NOTE, "Sau khi hết phiên.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/login**")
    page.fill("#username", "bacsi")
    page.fill("#password", site.password)
    page.press("#password", "Enter")
    page.wait_for_url(draft)
    page.click(".notice-warn button >> nth=0")
    assert page.input_value(NOTE) == "Sau khi hết phiên."
    page.fill("[name='note.subject']", "Theo dõi")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/documents/**")
    assert page.evaluate("Object.keys(localStorage).length") == 0
