"""An empty house gets its first administrator; English; the pages of those who keep the house."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import Site, serve
from tests.e2e.test_accessible import faults
from tests.house_process import House

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
SECRET = "mot mat khau that dai 2026"
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def test_an_empty_house_is_set_up_by_its_first_visitor(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    house = House(tmp_path_factory.mktemp("empty"))
    house.run("setup")
    server, address = serve(house)
    try:
        page = site.browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(address)
        page.wait_for_url(f"{address}/setup")
        assert faults(page, "setup") == []
        for name, value in {
            "name": "Phòng khám Thử",
            "code": "00003",
            "full_name": "Cao Thị Đầu",
            "username": "dau",
            "password": SECRET,
            "again": "khác",
        }.items():
            page.fill(f"#f-{name}", value)
        page.click("button:has-text('Hoàn tất')")
        page.wait_for_selector(".error-summary:has-text('không giống nhau')")
        page.fill("#f-password", SECRET)
        page.fill("#f-again", SECRET)
        page.click("button:has-text('Hoàn tất')")
        page.wait_for_url(f"{address}/login")
        page.fill("#username", "dau")
        page.fill("#password", SECRET)
        page.press("#password", "Enter")
        page.click("main a:has-text('Nhân viên')")
        page.wait_for_selector("td:has-text('Cao Thị Đầu')")
        page.goto(f"{address}/setup")
        assert page.url != f"{address}/setup"
        page.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
        house.end()


def test_the_house_speaks_english_to_who_wants_it(site: Site) -> None:
    page = site.window("khth")
    page.click(".person-menu summary")
    page.click("button:has-text('English')")
    page.wait_for_selector("html[lang=en]")
    for path in ("", "records/?state=sealed", "import/bhyt/", "admin/backups", "sign/"):
        page.goto(f"{site.address}/{path}")
        words = page.eval_on_selector_all(
            "main h1, main h2, th, .btn, .rail span, label", "e => e.map(n => n.innerText)"
        )
        assert [w for w in words if VIETNAMESE.search(w) and w != site.facility] == []


def test_the_backup_page_tells_what_is_missing_and_what_was_proved(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = site.window("khth")
    page.goto(f"{site.address}/admin/backups")
    page.wait_for_selector("text=Chưa có bản sao lưu nào")
    site.house.run("backup", str(tmp_path_factory.mktemp("copies")), "--prove")
    page.reload()
    assert not page.is_visible("text=Chưa có bản sao lưu nào")
    assert page.locator("main table tbody tr").count() >= 1


def test_the_facility_sees_what_a_pattern_of_numbers_gives(site: Site) -> None:
    page = site.window("khth")
    page.goto(f"{site.address}/admin/settings")
    assert page.is_visible("text=Ví dụ: BN26000001")
    page.fill("[name='patients.number_pattern']", "BN-khong-so")
    page.click("button:has-text('Lưu')")
    page.wait_for_selector(".error-summary")
    page.fill("[name='patients.number_pattern']", "NB{yy}-{serial:06d}")
    page.click("button:has-text('Lưu')")
    page.wait_for_selector("text=Ví dụ: NB26-000001")
    page.fill("[name='patients.number_pattern']", "BN{yy}{serial:06d}")
    page.click("button:has-text('Lưu')")
    page.wait_for_selector("text=Ví dụ: BN26000001")
