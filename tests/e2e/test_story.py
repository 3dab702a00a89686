"""From the front desk to a sealed record that proves itself, as people do it in a browser."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from benhan.exchange.bhyt import generator
from benhan.site.demo import PIN
from tests.e2e.conftest import Site
from tests.e2e.keyboard import begin_form

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
CARD = "000099000777||LÊ VĂN KIỂM THỬ|02031975|Nam|7 đường Thử Nghiệm, phường Mẫu Đông|02012022"


def sign_everything(page: Any, site: Site) -> None:
    """The queue: mark all, one PIN; again while something becomes this person's turn."""
    for _ in range(6):
        page.goto(f"{site.address}/sign/")
        if not page.locator("input[name=request]").count():
            return
        page.check("thead input[type=checkbox]")
        page.fill("#f-pin", PIN)
        page.click("text=Ký các giấy đã chọn")
        page.wait_for_load_state()


def test_the_whole_story(site: Site, tmp_path: Path) -> None:
    # Front desk: the card is scanned, the person registered, a record opened.
    desk = site.window("tiepdon")
    desk.goto(f"{site.address}/patients/register")
    desk.fill("input[name=card]", CARD)
    desk.press("input[name=card]", "Enter")
    desk.wait_for_selector("input[name=full_name][value='LÊ VĂN KIỂM THỬ']")
    desk.keyboard.press("Alt+s")
    desk.wait_for_selector("text=Đã đăng ký")
    desk.goto(f"{site.address}/patients/")
    desk.fill("#q", "le van kiem 1975")
    desk.click("#results a:has-text('LÊ VĂN KIỂM THỬ')")
    desk.click("text=Mở hồ sơ")
    desk.select_option("#f-record_type", "outpatient")
    desk.select_option("#f-department", "K01")
    desk.select_option("#f-attending", label="BS. Huỳnh Thị Dung")
    desk.fill("#f-reason", "Đau bụng")
    desk.click("button:has-text('Mở hồ sơ')")
    number = re.search(r"NGT\d\d\.\d{6}", desk.wait_for_selector("text=Đã mở hồ sơ").inner_text())
    assert number is not None

    # Doctor: writes by keyboard; a closed window loses nothing; saves, signs.
    doctor = site.window("bacsikham")
    doctor.goto(f"{site.address}/records/")
    doctor.click(f"text={number.group()}")
    record = doctor.url
    begin_form(doctor, "to ghi them")
    draft = doctor.url
    doctor.fill("[name='note.subject']", "Khám")
    doctor.fill("[name='note.text']", "Đau thượng vị, bụng mềm.")
    doctor.wait_for_selector("text=Đã lưu nháp")
    doctor.goto("about:blank")
    doctor.goto(draft)
    assert doctor.input_value("[name='note.text']") == "Đau thượng vị, bụng mềm."
    doctor.focus("[name='note.text']")
    doctor.keyboard.press("Control+Enter")
    doctor.wait_for_url("**/documents/**")
    note = doctor.url
    doctor.fill("#f-pin", PIN)
    doctor.press("#f-pin", "Enter")
    doctor.wait_for_selector("text=Đã ký")

    # Correct: amend with a reason makes version 2; cancel keeps it readable.
    doctor.click("button:has-text('Đính chính')")
    doctor.fill("[name='note.text']", "Đau thượng vị, bụng mềm, không sốt.")
    doctor.click("text=Lưu vào hồ sơ")
    doctor.wait_for_selector("text=Nêu lý do đính chính")
    doctor.fill("[name=reason]", "Bổ sung dấu hiệu")
    doctor.click("text=Lưu vào hồ sơ")
    doctor.wait_for_url("**/documents/**")
    assert doctor.locator("text=Phiên bản 2").count()
    doctor.goto(note)

    # The record's own form, from what the demo house knows how to fill, then discharge and the list of what is missing.
    doctor.goto(record)
    begin_form(doctor, "benh an ngoai tru")
    fill_required(doctor)
    save(doctor)
    doctor.goto(record)
    doctor.click("summary:has-text('Cho ra viện')")
    doctor.select_option("#f-result", "1")
    doctor.select_option("#f-discharge_type", "1")
    doctor.click("text=Ghi nhận ra viện")
    doctor.wait_for_selector("text=Việc còn lại trước khi kết thúc")
    sign_everything(doctor, site)
    sign_everything(site.window("giamdoc"), site)
    doctor.goto(record)
    doctor.click("button:has-text('Kết thúc hồ sơ')")
    doctor.wait_for_selector("text=chờ niêm phong")

    # Planning office: seals; afterwards nobody is offered to write.
    planning = site.window("khth")
    planning.goto(record)
    planning.click("button:has-text('Niêm phong')")
    planning.wait_for_selector("text=Đã niêm phong hồ sơ")
    doctor.goto(record)
    assert doctor.locator("text=Viết giấy mới").count() == 0

    # A late result goes in as a supplement with a seal over the old one.
    doctor.click("summary:has-text('Bổ sung sau niêm phong')")
    doctor.fill("#f-reason", "Kết quả về muộn")
    doctor.click("text=Mở phần bổ sung")
    begin_form(doctor, "to ghi them")
    doctor.fill("[name='note.subject']", "Kết quả sinh thiết")
    doctor.fill("[name='note.text']", "Lành tính.")
    doctor.click("text=Lưu vào hồ sơ")
    doctor.wait_for_url("**/documents/**")
    sign_everything(doctor, site)
    planning.goto(record)
    planning.click("button:has-text('Niêm phong')")
    planning.wait_for_selector("text=Đã niêm phong hồ sơ")

    # Prove: the package verifies without a database, and not any more after one byte.
    with planning.expect_download() as downloaded:
        planning.click("text=Tải gói hồ sơ")
    package = tmp_path / "goi.zip"
    downloaded.value.save_as(package)
    root = tmp_path / "root.cer"
    with zipfile.ZipFile(package) as files:  # in life: a copy that was kept apart
        name = next(n for n in files.namelist() if n.startswith("certs/authority-"))
        root.write_bytes(files.read(name))
    assert "volume-2" in site.house.run("verify", str(package), "--anchor", str(root))
    site.house.run("verify", str(package), code=3)
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 1
    package.write_bytes(bytes(data))
    site.house.run("verify", str(package), code=1)
    assert "NGUYÊN VẸN" in site.house.run("audit", "verify")


def save(page: Any) -> None:
    """Save the open editor; what it refuses is told by the test."""
    page.click("text=Lưu vào hồ sơ")
    page.wait_for_load_state()
    faults = [t for t in page.locator(".alert-danger, .field-error").all_inner_texts() if t.strip()]
    assert not faults, "\n".join(faults)
    page.wait_for_url("**/documents/**")


def fill_required(page: Any) -> None:
    """Give every needed item of the open editor a plain answer."""
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for name in page.eval_on_selector_all(
        "[data-needed]", "els => els.filter(e => !e.value && !e.disabled).map(e => e.name)"
    ):
        box = page.locator(f"[name='{name}']").first
        if not box.is_visible():
            continue
        kind = box.evaluate(
            "e => [e.tagName, e.placeholder || '', e.inputMode || '', e.dataset.codes || '', e.dataset.type || ''].join(':')"
        )
        if kind.startswith("SELECT"):
            box.select_option(index=1)
        elif "giờ" in kind or "hh:mm" in kind or "moment" in kind or "datetime" in kind:
            box.fill("22/11/2026 08:00")
        elif "ngày" in kind or "dd/mm" in kind or ":date" in kind:
            box.fill("22/11/2026")
        elif ":decimal:" in kind:
            box.fill("1")
        else:
            box.fill("I10" if "icd10" in kind else "Không ghi nhận bất thường")
    for group in page.query_selector_all("fieldset"):
        radios = group.query_selector_all("input[type=radio]")
        if radios and not any(r.is_checked() for r in radios) and radios[0].is_visible():
            radios[0].check()


def test_a_patient_confirms_a_consent_on_the_same_screen(site: Site) -> None:
    doctor = site.window("bacsi")
    doctor.goto(f"{site.address}/records/")
    doctor.click("main td a:has-text('BA26.000002')")
    begin_form(doctor, "01/bv2")
    fill_required(doctor)
    doctor.locator("[name^='doctor_part.doctors.0.']").first.fill("Nguyễn Văn An")
    save(doctor)
    doctor.click("text=Mời người bệnh xác nhận")
    doctor.click("text=Người bệnh đã đọc")
    code = doctor.inner_text("[data-code]").strip()
    doctor.fill("#f-identity_document", "Thẻ căn cước")
    doctor.fill("#f-code", code)
    box = doctor.locator("canvas").bounding_box()
    doctor.mouse.move(box["x"] + 30, box["y"] + 40)
    doctor.mouse.down()
    doctor.mouse.move(box["x"] + 180, box["y"] + 90, steps=6)
    doctor.mouse.up()
    doctor.click("text=Xác nhận nội dung giấy này")
    doctor.wait_for_selector("text=Đã ghi nhận xác nhận")
    doctor.fill("#f-pin", PIN)
    doctor.press("#f-pin", "Enter")
    doctor.wait_for_selector("text=Đã ký")


def test_an_import_shows_how_far_it_is_and_changes_nothing_twice(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "xml.xml"
    file.write_bytes(generator.envelope([generator.episode_tables(n, facility="00002") for n in range(6)]))
    planning = site.window("khth")
    for expected in ("mới 6", "không đổi 6"):
        planning.goto(f"{site.address}/import/bhyt/")
        planning.set_input_files("input[type=file]", str(file))
        planning.click("text=Tải lên và nhập")
        planning.wait_for_selector("text=xong")
        assert expected in planning.inner_text("#run-progress")


def test_who_looked_is_shown(site: Site) -> None:
    planning = site.window("khth")
    planning.goto(f"{site.address}/patients/")
    planning.fill("#q", "nguyen thi dao 1958")
    planning.click("#results a:has-text('Nguyễn Thị Đào')")
    planning.click("text=Ai đã xem")
    planning.wait_for_selector("td:has-text('Xem thông tin người bệnh')")
