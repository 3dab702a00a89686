"""Whole forms without a mouse: a medical record, an obstetric one with its partograph, teeth, an anaesthesia chart, nursing care."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from urllib.parse import urljoin

import pytest

from benhan.site.demo import PIN
from tests.e2e.conftest import Site
from tests.e2e.keyboard import begin_form, fill_what_is_missing, tab_to

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
OPEN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "benhan.config.settings"
import django
django.setup()
from benhan.access.actors import actor_for
from benhan.access.models import Account
from benhan.facility.models import Department
from benhan.patients import services as patients
from benhan.records import opening
from datetime import date
name, sex, record_type = sys.argv[1:]
clerk, doctor = (actor_for(Account.objects.get(username=u)) for u in ("tiepdon", "bacsi"))
person = patients.register(patients.Person(name, date(1994, 3, 8), "day", sex, "0900000099"), actor=clerk)
record = opening.open_record(
    person, record_type=record_type, department=Department.objects.get(code="K03"), attending=None, actor=clerk
)
print(record.pk)
"""


def opened(site: Site, name: str, sex: str, record_type: str) -> str:
    """The address of a fresh record in the ward of the demo doctor."""
    command = [sys.executable, "-c", OPEN, name, sex, record_type]
    done = subprocess.run(command, env=site.house.environment, capture_output=True, text=True, check=True)
    return f"{site.address}/records/{done.stdout.split()[-1]}/"


def save(page: Any) -> None:
    """Ctrl+Enter, and the page of the new document."""
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/documents/**")


def sign(page: Any) -> None:
    """The PIN, Enter, signed."""
    page.wait_for_load_state("networkidle")  # the page's PDF is drawn by then
    tab_to(page, name="pin")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Đã ký", timeout=30_000)


def kept(page: Any) -> None:
    """What was typed is in the draft."""
    page.wait_for_selector("[data-save-state][data-state=saved]")


def printed(page: Any) -> str:
    """The text of the signed page."""
    link = page.get_attribute("a:has-text('Mở bản in')", "href")
    data = page.request.get(urljoin(page.url, link)).body()
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


def type_lines(page: Any, lines: list[list[str]]) -> None:
    """Into a grid from its first cell: Tab between the cells of a line, Enter for the next line."""
    for line in lines:
        for n, value in enumerate(line):
            page.keyboard.type(value)
            if n < len(line) - 1:
                page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        for _ in range(len(line) - 1):
            page.keyboard.press("Shift+Tab")


def readings(page: Any, of: str) -> str:
    """What the chart beside the draft says in words."""
    kept(page)
    answer = page.request.get(page.url + f"chart.svg?of={of}")
    assert answer.status == 200
    return str(answer.text())


def test_a_medical_record_is_filled_by_keys(site: Site) -> None:
    page = site.window("bacsi")
    page.goto(opened(site, "TRẦN VĂN NỘI", "1", "inpatient_medicine"))
    begin_form(page, "01/bv1")
    filled = fill_what_is_missing(page, {"icd": "viem phoi", "discharge_main_icd": "viem phoi", "full_name": "x"})
    assert len(filled) > 12
    kept(page)
    assert page.locator("[data-section-rail] [data-missing]:visible").count() == 0, (
        "the rail says that nothing is missing"
    )
    save(page)
    assert "Bệnh án Nội khoa" in page.inner_text("h1")
    sign(page)
    assert printed(page).count("Không ghi nhận bất thường") > 3


def test_an_obstetric_record_and_its_partograph(site: Site) -> None:
    page = site.window("bacsi")
    record = opened(site, "LÊ THỊ SẢN", "2", "inpatient_obstetrics")
    page.goto(record)
    begin_form(page, "05/bv1")
    answers = {"gestation_weeks": "39", "fetal_heart": "142", "discharge_main_icd": "thai", "icd": "thai"}
    fill_what_is_missing(page, answers)
    tab_to(page, name="a3_general.weight", steps=400)
    page.keyboard.type("62")
    tab_to(page, name="a3_general.height")
    page.keyboard.type("158")
    kept(page)
    assert page.inner_text("output[id='f-a3_general-bmi'] b") == "24,84"
    save(page)
    sign(page)
    page.goto(record)
    begin_form(page, "bieu do chuyen da")
    fill_what_is_missing(page, {"weeks": "39", "para": "1001", "phase": "active"})
    assert page.locator("[data-live-chart]").count() == 1
    for name, value in {"dilatation": "5", "fetal_heart": "138"}.items():
        tab_to(page, name=f"reading.{name}", steps=200)
        page.keyboard.press("Control+a")
        page.keyboard.type(value)
    said = readings(page, "sheet")
    assert "Độ mở cổ tử cung" in said
    assert " 5" in said
    assert " 138" in said
    save(page)
    sign(page)


def test_teeth_are_marked_by_keys(site: Site) -> None:
    page = site.window("bacsi")
    page.goto(opened(site, "PHẠM THỊ RĂNG", "2", "outpatient_dental"))
    begin_form(page, "16/bv1")
    fill_what_is_missing(page, {"discharge_icd": "sau rang"})
    tooth = "document.activeElement.dataset.part || ''"
    for _ in range(300):
        if page.evaluate(tooth):
            break
        page.keyboard.press("Tab")
    first = page.evaluate(tooth)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    second = page.evaluate(tooth)
    assert first != second
    page.keyboard.press("Enter")
    marks = page.eval_on_selector_all("[name='dental_exam.teeth']", "all => all.map(e => e.value)")
    assert [m.split("|")[0] for m in marks] == [first, second]
    page.keyboard.press("Delete")
    assert page.locator("[name='dental_exam.teeth']").count() == 1
    tab_to(page, placeholder="Vị trí", steps=20)
    page.keyboard.type("36")
    page.keyboard.press("Enter")
    kept(page)
    marks = page.eval_on_selector_all("[name='dental_exam.teeth']", "all => all.map(e => e.value)")
    assert [m.split("|")[0] for m in marks] == [first, "36"]
    page.reload()
    again = page.eval_on_selector_all("[name='dental_exam.teeth']", "all => all.map(e => e.value)")
    assert again == marks, "a reload loses no mark"
    save(page)
    sign(page)
    assert "36" in printed(page)


def test_an_anaesthesia_chart_is_typed_line_by_line(site: Site) -> None:
    page = site.window("bacsi")
    page.goto(opened(site, "NGÔ VĂN MÊ", "1", "inpatient_surgery"))
    begin_form(page, "05/bv2")
    fill_what_is_missing(page, {})
    tab_to(page, name="course.readings.0.at", steps=120)
    type_lines(page, [["0800", "88", "120", "70"], ["", "92", "112", "66"], ["", "90", "108", "64"]])
    said = readings(page, "course.readings")
    assert "08:00 88" in said
    assert "08:15 92" in said, "the time was proposed from the line before"
    assert page.inner_text("output[id='f-course-readings-0-mean'] b") == "87"
    assert page.locator("[data-live-chart]").count() == 1
    save(page)
    assert page.locator("text=Phiếu gây mê hồi sức").count()


def test_care_of_level_one_is_written_by_a_nurse(site: Site) -> None:
    page = site.window("dieuduong")
    page.goto(opened(site, "ĐỖ THỊ CHĂM", "2", "inpatient_medicine"))
    begin_form(page, "37/bv2")
    fill_what_is_missing(page, {"pulse": "92", "temperature": "37,8", "bp_systolic": "128", "bp_diastolic": "76"})
    tab_to(page, name="vital_signs.pulse", steps=200)
    page.keyboard.type("92")
    save(page)
    sign(page)
    assert "92" in printed(page)
