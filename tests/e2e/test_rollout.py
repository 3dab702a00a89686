"""From the letter to the board, in a browser: survey, look, plan, papers at the facility; enrolment and board at the department."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from subprocess import Popen
from typing import Any

import pytest

from benhan.site.demo import PIN
from tests.e2e.conftest import CHROMIUM, Site, free_port, wait_for
from tests.house_process import House

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
OFFICER, SECRET = "canbo", "mot-cau-rat-dai-cua-so"


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A health department's house, set up by nobody yet."""
    from playwright.sync_api import sync_playwright

    house, port = House(tmp_path_factory.mktemp("department")), free_port()
    house.run("setup")
    command = [sys.executable, "-m", "benhan", "serve", "--authority", "--port", str(port)]
    server: Popen[bytes] = Popen(command, env=house.environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address)
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield Site(address, house, None)
    finally:
        server.terminate()
        server.wait(timeout=20)
        house.end()
    assert sync_playwright
    assert CHROMIUM


def look(page: Any, site: Site) -> None:
    page.goto(f"{site.address}/rollout/readiness/")
    page.click("button:has-text('Đánh giá lại ngay')")
    page.wait_for_selector("text=Xem chín điểm", timeout=60_000)


def test_the_survey_is_saved_as_it_goes_and_finds_gaps(site: Site) -> None:
    page = site.window("khth")
    page.goto(f"{site.address}/rollout/survey/")
    page.select_option("#f-lan", "no")
    page.wait_for_selector("#survey-progress >> text=đã lưu")
    page.fill("#f-computers", "nhiều")
    page.keyboard.press("Tab")
    page.wait_for_selector("#survey-progress >> text=số nguyên")
    page.reload()
    assert page.input_value("#f-lan") == "no"
    page.click("main a:has-text('Xem việc còn thiếu')")
    assert page.locator("td:has-text('Khoa chưa nối mạng nội bộ')").count() >= 1


def test_a_plan_is_made_moved_and_handed_out(site: Site) -> None:
    page = site.window("khth")
    look(page, site)
    page.click("nav.tabs a:has-text('Kế hoạch')")
    page.click("summary:has-text('Lập kế hoạch mới')") if page.locator("svg.gantt").count() else None
    page.click("form[action$='/make'] button")
    page.wait_for_selector("svg.gantt")
    bars = page.locator("svg.gantt title").count()
    assert bars >= 20
    page.click("table.dense a:has-text('Tập huấn và thực hành')")
    page.fill("#f-days", "9")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=các việc sau được xếp lại")
    with page.expect_download() as handed:
        page.click("a:has-text('DOCX')")
    assert handed.value.suggested_filename == "ke-hoach.docx"


def test_a_regulation_is_made_from_the_settings_and_signed_by_the_head(site: Site) -> None:
    page = site.window("giamdoc")
    page.goto(f"{site.address}/rollout/dossier/")
    page.click("#p-regulation summary")
    page.fill("#p-regulation form[action*='/make/'] input[name=number]", "12")
    page.click("#p-regulation form[action*='/make/'] button")
    page.wait_for_selector("text=chờ ký")
    page.fill("#f-pin", PIN)
    page.click("main button:has-text('Ký')")
    page.wait_for_selector("main .chip-good")
    page.goto(f"{site.address}/rollout/dossier/")
    assert "đã ban hành" in page.inner_text("#p-regulation")


def test_a_department_goes_parallel_against_a_gate_only_with_a_reason(site: Site) -> None:
    page = site.window("khth")
    page.goto(f"{site.address}/rollout/stopping/")
    page.click("main a:has-text('Khoa Nhi')")
    page.click("button:has-text('Chuyển sang Song song')")
    page.wait_for_selector(".error-summary")
    page.fill("#f-reason", "Khoa chưa có bác sĩ, chạy thử với đội lưu động")
    page.click("button:has-text('Chuyển sang Song song')")
    page.wait_for_selector("text=khi chưa đạt điều kiện")


def test_a_report_goes_from_the_hospital_to_the_board(site: Site, department: Site) -> None:
    """Two houses, two servers: named, sent, refused until enrolled, then on the board."""
    officer = site.browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    officer.set_default_timeout(15_000)
    officer.goto(f"{department.address}/")
    for name, value in (
        ("name", "Sở Y tế Thử"),
        ("full_name", "Cao Thị Sở"),
        ("username", OFFICER),
        ("password", SECRET),
        ("again", SECRET),
    ):
        officer.fill(f"#f-{name}", value)
    officer.click("button:has-text('Hoàn tất')")
    officer.fill("#username", OFFICER)
    officer.fill("#password", SECRET)
    officer.press("#password", "Enter")
    officer.wait_for_url("**/board/")
    for name, value in (("code", "00001"), ("name", "Bệnh viện Mẫu"), ("latitude", "10.45"), ("longitude", "105.63")):
        officer.fill(f"#f-{name}", value)
    officer.select_option("form[action$='/add'] [name=kind]", "hospital")
    officer.click("form[action$='/add'] button")
    officer.wait_for_selector("text=/report/")

    page = site.window("khth")
    look(page, site)
    page.click("nav.tabs a:has-text('Báo cáo Sở')")
    page.fill("#f-address", f"{department.address}/api/status-reports")
    page.click("button:has-text('Lưu')")
    page.wait_for_selector("text=Đã lưu địa chỉ")
    fingerprint = page.inner_text("aside code").strip()
    page.click("button:has-text('Lập và ký báo cáo')")
    page.click("table.dense button:has-text('Gửi')")
    page.wait_for_selector("text=chờ cán bộ Sở ghi danh")

    officer.reload()
    assert officer.input_value("#f-seal") == fingerprint
    officer.click("button:has-text('Ghi danh con dấu')")
    officer.wait_for_selector("text=đã nhận báo cáo đang chờ")
    officer.goto(f"{department.address}/board/")
    row = officer.inner_text("tbody tr:has-text('Bệnh viện Mẫu')")
    assert re.search(r"[0-9]/9", row)
    officer.goto(f"{department.address}/map/")
    assert officer.locator("svg.province a").count() == 1
    page.click("button:has-text('Lập và ký báo cáo')")
    page.click("table.dense tr:has-text('2') button:has-text('Gửi')")
    page.wait_for_selector("text=Sở đã nhận báo cáo")
