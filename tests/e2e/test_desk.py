"""The front desk: search while typing, a scanner that is a fast keyboard, doubles, emergencies, newborns, merging."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.e2e.conftest import Site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
CARD = "000099000888||TRẦN THỊ QUÉT|17091988|Nữ|9 đường Thử Nghiệm, phường Mẫu Tây|02012022"
WEDGE_MS = 4


@pytest.fixture
def desk(site: Site) -> Any:
    """The window of the front desk."""
    return site.window("tiepdon")


def register(desk: Any, site: Site, name: str, birth: str, sex: str = "2") -> str:
    """Register a person by typing; the address of the patient's page, or of the form when it asks back."""
    desk.goto(f"{site.address}/patients/register")
    desk.fill("#f-full_name", name)
    desk.fill("#f-birth", birth)
    desk.select_option("#f-sex", sex)
    desk.keyboard.press("Alt+s")
    desk.wait_for_selector(":text('Đã đăng ký'), :text('Có thể đã đăng ký trước đây')")
    return str(desk.url)


def test_a_card_scanned_into_the_box_fills_the_form(desk: Any, site: Site) -> None:
    desk.goto(f"{site.address}/patients/register")
    desk.focus("input[name=card]")
    desk.keyboard.type("999|not a card", delay=WEDGE_MS)
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".scan-box.is-bad:has-text('không phải mã QR')")
    desk.keyboard.type(CARD, delay=WEDGE_MS)  # over the marked text, as the scanner does
    desk.keyboard.press("Enter")
    desk.wait_for_selector("input[name=full_name][value='TRẦN THỊ QUÉT']")
    assert desk.input_value("#f-birth") == "17/09/1988"
    assert desk.input_value("#f-citizen_id") == "000099000888"
    assert desk.input_value("#f-sex") == "2"


def test_search_answers_while_typing_and_by_arrow_keys(desk: Any, site: Site) -> None:
    desk.goto(f"{site.address}/patients/")
    desk.keyboard.type("gam 1990", delay=20)
    desk.wait_for_selector("#results a:has-text('Lê Thị Hồng Gấm')")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".patient-name:has-text('Lê Thị Hồng Gấm')")
    desk.goto(f"{site.address}/patients/")
    desk.keyboard.type("khong co ai ten nay", delay=5)
    desk.wait_for_selector("text=Không thấy ai")


def slowly(route: Any) -> None:
    """The server's answer, as late as over a tired network."""
    time.sleep(0.4)
    route.continue_()


@pytest.mark.parametrize("where", ["/patients/", "/records/"], ids=["search page", "top bar"])
def test_who_types_ahead_of_a_slow_answer_opens_whom_they_typed(site: Site, where: str) -> None:
    # "tran" alone lists others first: the keys must wait for the answer to the whole text.
    window = site.window("bacsi")
    window.goto(f"{site.address}{where}")
    window.route("**/patients/results*", slowly)
    window.keyboard.press("F2")
    window.keyboard.type("tran", delay=5)
    window.wait_for_selector("[data-finding] a:has-text('Trần')")
    window.keyboard.type(" van duc 1971", delay=5)
    window.keyboard.press("ArrowDown")
    window.keyboard.press("Enter")
    window.wait_for_selector(".patient-name:has-text('Trần Văn Đức')")


def test_a_double_is_warned_of_merged_and_parted_again(desk: Any, site: Site) -> None:
    first = register(desk, site, "Đinh Thị Trùng Tên", "12/12/1979")
    register(desk, site, "Đinh Thị Trùng Tên", "12/12/1979")
    assert desk.is_visible("text=Trùng họ tên và ngày sinh")
    desk.fill("#f-not-a-duplicate", "khác quê quán")
    desk.keyboard.press("Alt+s")
    desk.wait_for_selector("text=Đã đăng ký")
    assert desk.url != first
    desk.goto(f"{first}merge?q=dinh thi trung ten")
    desk.fill("input[name=reason]", "Cùng một người, xem lại giấy tờ")
    desk.click("button:has-text('Gộp')")
    desk.goto(first)
    desk.fill("section:has(h2:has-text('Gộp và tách')) input[name=reason]", "Gộp nhầm")
    desk.click("button:has-text('Tách')")
    desk.wait_for_selector("text=đã tách")


def test_somebody_without_a_name_and_a_newborn_are_registered(desk: Any, site: Site) -> None:
    desk.goto(f"{site.address}/patients/emergency")
    desk.fill("#f-birth_year", "1970")
    desk.fill("#f-description", "Nam, áo xanh, tai nạn ở cầu Thử")
    desk.keyboard.press("Alt+s")
    desk.wait_for_selector(".patient-banner:has-text('Chưa rõ nhân thân')")
    mother = register(desk, site, "Mai Thị Sinh Con", "03/03/1999")
    desk.click("text=Đăng ký con")
    desk.fill("#f-birth", "22/11/2026")
    desk.select_option("#f-sex", "1")
    desk.click("button:has-text('Đăng ký trẻ')")
    desk.wait_for_selector(".patient-banner:has-text('Mai Thị Sinh Con')")
    assert desk.url != mother
    desk.click("aside a:has-text('Mai Thị Sinh Con')")
    desk.wait_for_url(mother)
