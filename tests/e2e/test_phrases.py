"""Writing with ready-made texts and without abbreviations, by keys alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.keyboard import begin_form

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
NOTE = "[name='note.text']"
TEXTS = {
    "pt": ("Sau phẫu thuật", "Vết mổ khô, ngày thứ ___.\nĐau {mức đau}/10."),
    "tim": ("Khám tim", "Tim đều, T1 T2 rõ."),
}


def add_texts(site: Site) -> Any:
    page = site.window("bacsi")
    page.goto(f"{site.address}/phrases/")
    for key, (title, text) in TEXTS.items():
        if page.locator(f"main b:text-is('/{key}')").count():
            continue
        page.fill("#f-key", key)
        page.fill("#f-title", title)
        page.fill("#f-text", text)
        page.keyboard.press("Control+s")
        page.wait_for_selector(f"main b:text-is('/{key}')")
    return page


def write(page: Any, site: Site, form: str) -> None:
    page.goto(f"{site.address}/records/")
    page.click("main td a:has-text('BA26.000001')")
    begin_form(page, form)


def away(page: Any) -> None:
    page.click("button:has-text('Bỏ nháp')")
    page.wait_for_url("**/records/*-*/")


def value(page: Any, place: str = NOTE) -> str:
    return str(page.input_value(place))


def test_a_text_is_put_in_by_keys_and_its_gaps_are_filled(site: Site) -> None:
    page = add_texts(site)
    write(page, site, "Tờ ghi thêm")
    page.focus(NOTE)
    page.keyboard.type("HA 120/80. /", delay=10)
    page.wait_for_selector(".phrase-list li")
    page.keyboard.type("pt")
    assert page.locator(".phrase-list li").count() == 1
    assert page.get_attribute(NOTE, "aria-controls") == "phrase-list"
    assert page.get_attribute(NOTE, "aria-activedescendant") == "phrase-0"
    page.keyboard.press("Enter")
    assert value(page) == f"HA 120/80. {TEXTS['pt'][1]}"
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    assert value(page) == "HA 120/80. Vết mổ khô, ngày thứ 3.\nĐau 2/10."
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") != "note.text", "no gap is left: Tab leaves the field"
    page.wait_for_selector("text=Đã lưu nháp")
    away(page)


def test_undo_takes_a_text_out_again_and_escape_leaves_what_was_typed(site: Site) -> None:
    page = add_texts(site)
    write(page, site, "Tờ ghi thêm")
    page.focus(NOTE)
    page.keyboard.type("Trước. tim")
    page.keyboard.press("Alt+m")
    page.wait_for_selector(".phrase-list li[aria-selected=true]")
    page.keyboard.press("Enter")
    assert value(page) == "Trước. Tim đều, T1 T2 rõ."
    page.keyboard.press("Control+z")
    assert value(page) == "Trước. tim"
    page.keyboard.press("End")  # what was taken back is selected, as browsers do
    page.keyboard.type(" /kh")
    page.wait_for_selector(".phrase-list li:has-text('/tim')")
    page.keyboard.press("Escape")
    assert page.locator(".phrase-list:not([hidden])").count() == 0
    assert value(page) == "Trước. tim /kh"
    page.keyboard.type(". ")
    page.keyboard.press("Alt+m")
    page.keyboard.type("phau thu")
    page.wait_for_selector(".phrase-list li:has-text('/pt')")
    page.keyboard.press("Escape")
    away(page)


def test_a_line_takes_a_text_of_several_lines_as_one(site: Site) -> None:
    page = add_texts(site)
    write(page, site, "Tờ ghi thêm")
    page.focus("[name='note.subject']")
    page.keyboard.type("/pt")
    page.wait_for_selector(".phrase-list li[aria-selected=true]")
    page.keyboard.press("Enter")
    assert value(page, "[name='note.subject']") == "Vết mổ khô, ngày thứ ___. Đau {mức đau}/10."
    away(page)


def test_a_slash_of_numbers_and_units_opens_nothing(site: Site) -> None:
    page = add_texts(site)
    write(page, site, "Tờ ghi thêm")
    page.focus(NOTE)
    page.keyboard.type("120/80, mg/kg, và/hoặc", delay=5)
    assert page.locator(".phrase-list:not([hidden])").count() == 0
    page.keyboard.type(" /")
    page.wait_for_selector(".phrase-list li")
    page.keyboard.press("Enter")
    assert value(page) == "120/80, mg/kg, và/hoặc /\n", "nothing is put in that nobody chose"
    page.keyboard.type("Không có câu /xyzq")
    assert page.locator(".phrase-list:not([hidden])").count() == 0
    away(page)


def test_a_paper_that_leaves_is_written_out_by_a_key(site: Site) -> None:
    page = site.window("bacsi")
    write(page, site, "Phiếu hẹn khám lại")
    bring = "[name='visit.bring']"
    page.focus(bring)
    page.keyboard.type("BN nhịn ăn. BN mang phim XQ, gọi QZT, test HIV")
    under = page.locator(f"{bring} + .short-words")
    under.wait_for()
    assert [t.strip() for t in under.locator("b").all_inner_texts()] == ["BN", "XQ", "QZT"]
    assert "không có trong danh mục" in under.inner_text()
    assert under.get_attribute("id") in (page.get_attribute(bring, "aria-describedby") or "")
    under.locator("[data-write-out='XQ']").click()
    assert value(page, bring).startswith("BN nhịn ăn. BN mang phim X-quang")
    page.focus(bring)
    page.keyboard.press("Alt+v")
    done = "Bệnh nhân nhịn ăn. Bệnh nhân mang phim X-quang, gọi QZT, test HIV"
    assert value(page, bring) == done
    assert [t.strip() for t in under.locator("b").all_inner_texts()] == ["QZT"]
    page.keyboard.press("Control+z")
    assert value(page, bring).startswith("BN nhịn ăn")
    page.keyboard.press("Alt+v")
    page.wait_for_selector("[data-save-state][data-state='saved']")
    page.reload()
    assert value(page, bring) == done
    page.locator(f"{bring} + .short-words b:text-is('QZT')").wait_for()
    away(page)


def test_papers_that_stay_are_not_nagged(site: Site) -> None:
    page = site.window("bacsi")
    write(page, site, "Tờ ghi thêm")
    page.fill(NOTE, "BN ổn, HA 120/80, QZT")
    page.wait_for_selector("[data-save-state][data-state='saved']")
    assert page.locator(".short-words").count() == 0
    away(page)
