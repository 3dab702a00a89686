"""Every page for people who see little or use keys only: names, contrast, targets, headings, a focus that is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.keyboard import begin_form

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
CHECK = (Path(__file__).parent / "accessible.js").read_text(encoding="utf-8")
SCREENS = ({"width": 1366, "height": 768}, {"width": 820, "height": 1180})
PAGES = {
    "tiepdon": ["", "patients/", "patients/register", "patients/emergency", "records/"],
    "khth": [
        "",
        "records/?state=sealed",
        "sign/",
        "certificate",
        "import/bhyt/",
        "admin/settings",
        "admin/backups",
        "phrases/",
        "abbreviations/",
        "import/cv365/",
        *(f"rollout/{room}/" for room in ("survey", "plan", "readiness", "stopping", "dossier", "calendar", "reports")),
        "rollout/survey/gaps",
        "rollout/readiness/criteria/hosting/",
    ],
    "quantri": ["", "admin/staff", "audit/", "audit/verify", "password", "patients/", "no-such-page"],
    "dieuduong": ["", "records/", "sign/", "phrases/", "abbreviations/"],
}
RING = """() => { const e = document.activeElement, s = getComputedStyle(e);
  return e === document.body || e.tagName === "IFRAME" || (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2)
    ? "" : e.outerHTML.slice(0, 120); }"""


def faults(page: Any, where: str) -> list[str]:
    """What is wrong on the open page, on a desk's screen and on a tablet held upright."""
    found = []
    for screen in SCREENS:
        page.set_viewport_size(screen)
        found += [f"{where} at {screen['width']}: {fault}" for fault in page.evaluate(CHECK)]
    page.set_viewport_size(SCREENS[0])
    return found


@pytest.mark.parametrize("person", PAGES)
def test_pages_can_be_used_by_everybody(site: Site, person: str) -> None:
    page = site.window(person)
    found = []
    for path in PAGES[person]:
        page.goto(f"{site.address}/{path}")
        found += faults(page, path)
    assert found == []


def test_the_pages_of_a_record_can_be_used_by_everybody(site: Site) -> None:
    page = site.window("bacsi")
    page.goto(f"{site.address}/records/")
    page.click("main td a:has-text('BA26.000001')")
    page.wait_for_url("**/records/*-*/")
    record, found = page.url, faults(page, "record")
    page.click("main a[href*='/documents/'] >> nth=0")
    page.wait_for_url("**/documents/**")
    found += faults(page, "document")
    page.goto(record)
    page.click(".patient-name a")
    page.wait_for_url("**/patients/**")
    found += faults(page, "patient")
    for form in ("phieu yeu cau xet nghiem", "don thuoc", "giay cam ket", "05/BV2", "01/BV1", "43/BV2"):
        page.goto(record)
        begin_form(page, form)
        found += faults(page, form)
        page.click("button:has-text('Bỏ nháp')")
    assert found == []


@pytest.mark.parametrize(
    ("person", "path"), [("tiepdon", "patients/register"), ("bacsi", "sign/"), ("quantri", "admin/staff")]
)
def test_the_focus_is_seen_wherever_tab_leads(site: Site, person: str, path: str) -> None:
    page = site.window(person)
    page.goto(f"{site.address}/{path}")
    unseen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        unseen.add(page.evaluate(RING))
    assert unseen == {""}


def test_the_log_in_can_be_used_by_everybody(site: Site) -> None:
    page = site.browser.new_page()
    page.goto(f"{site.address}/login")
    assert faults(page, "login") == []
