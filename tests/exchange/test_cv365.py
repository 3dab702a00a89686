"""The exchange file of CV 365: exact, judged before it leaves, the same after a round trip, kept when it is refused."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from benhan.audit.models import AuditEvent
from benhan.cli import main
from benhan.exchange.cv365 import exporting, extract, importing, validate, writer
from benhan.exchange.cv365.model import complete
from benhan.exchange.cv365.models import Arrival, Export
from benhan.exchange.cv365.reader import read
from benhan.exchange.cv365.schema import GROUPS, Element, edition_on, paths, schema
from benhan.kernel import clock
from benhan.kernel.errors import Invalid, Refused
from benhan.law import coverage
from benhan.patients.models import Patient
from benhan.proof.verify import verify_pdf
from benhan.records import services
from benhan.records.models import Document, MedicalRecord
from benhan.records.services import content_of
from benhan.signing import certificates
from benhan.site.demo import complete as filled
from tests import stories
from tests.people import Cast, vitals

pytestmark = pytest.mark.django_db
WHY = {"asked_by": "Bệnh viện Đa khoa tỉnh", "reason": "Chuyển tiếp điều trị"}


def text() -> st.SearchStrategy[str]:
    return st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=12).map(
        str.strip
    )


def models(node: Element) -> st.SearchStrategy[Any]:
    if node.open:
        return st.lists(
            st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), text(), min_size=1, max_size=2), max_size=2
        )
    one: st.SearchStrategy[Any] = (
        st.fixed_dictionaries({name: models(child) for name, child in node.children.items()})
        if node.is_object
        else text()
    )
    if not node.many:
        return one
    rows = one if node.is_object else text().filter(bool)
    return st.lists(rows, max_size=2)


whole = st.fixed_dictionaries({name: models(node) for name, node in schema().items()})


@settings(max_examples=12, deadline=None)
@given(whole)
def test_json_and_xml_of_one_model_are_the_same_and_come_back_byte_for_byte(given_model: dict[str, Any]) -> None:
    model = complete(given_model)
    for write in (writer.to_json, writer.to_xml):
        data = write(model)
        back = read(data)
        assert back.faults == ()
        assert write(back.model) == data
    one, two = read(writer.to_json(model)).model, read(writer.to_xml(model)).model
    assert writer.to_json(one) == writer.to_json(two) or _blank_rows(model)


def _blank_rows(model: dict[str, Any]) -> bool:
    """XML drops white space around a text of blanks; JSON keeps it. Our own files hold no such text."""
    return any(" " in piece for piece in json.dumps(model))


def test_the_schema_has_eleven_groups_in_order_and_every_element_of_the_table() -> None:
    assert tuple(schema()) == GROUPS
    assert len(GROUPS) == 11
    found = {f"{group}.{path}" for group in GROUPS for path, _ in paths(schema()[group])}
    assert {c for c in coverage.cv365_elements() if "<" not in c} - {f"{g}" for g in GROUPS} <= found | set(GROUPS)
    assert edition_on(clock.today()).edition == "2025-06"
    assert {m.element for m in extract.mapping()} <= found


def _rich(cast: Cast) -> MedicalRecord:
    record = cast.open("inpatient_medicine")
    examined = {
        "reason": {"reason": "Đau thượng vị"},
        "history": {"disease_course": "Đau ba ngày nay, tăng về đêm", "family_history": "Không có gì đặc biệt"},
        "examination": {"admission_diagnosis": "Viêm dạ dày cấp", "icd": "K29.1", "pulse": 88},
    }
    services.write(record, "admission_exam", filled(record, "admission_exam", examined), actor=cast.doctor)
    services.write(record, "vital_signs_chart", vitals(pulse=81), actor=cast.nurse)
    orders = {
        "at": clock.now().isoformat(),
        "progress": "Đỡ đau",
        "drug_orders": [{"name": "Omeprazol 20 mg", "dose": "1", "unit": "viên"}],
    }
    services.write(record, "treatment_sheet", filled(record, "treatment_sheet", {"entry": orders}), actor=cast.doctor)
    asked = services.write(
        record,
        "lab_general_request",
        filled(record, "lab_general_request", {"request": {"tests": "Công thức máu"}}),
        actor=cast.doctor,
    )
    rows = [{"test": "Hemoglobin", "value": "132", "unit": "g/L"}]
    answered = filled(record, "lab_general_result", {"result": {"results": rows}})
    services.write(record, "lab_general_result", answered, actor=cast.doctor, replies_to=asked.document)
    stories.sign_all(cast, "doctor", "nurse")
    return MedicalRecord.objects.get(pk=record.pk)


def test_a_record_becomes_its_file(cast: Cast) -> None:
    record = _rich(cast)
    model = extract.model_of(record)
    assert validate.faults(model) == []
    person, came = model["ThongTinBenhNhan"], model["ThongTinVaoVien"]
    assert (person["hoten"], person["cccd_so"], person["ngaysinh"]) == ("Nguyễn Thị Đào", "000160000001", "02/05/1960")
    assert person["loaiba"] == "01/BV1"
    assert came["quatrinhbenhly"] == "Đau ba ngày nay, tăng về đêm"
    assert came["khambenh_chandoanvaovienmaicd"] == "K29.1"
    assert came["mach"] == "88"
    assert person["tiensubenhtatcuagiadinh"] == "Không có gì đặc biệt"
    assert model["ThongTinDieuTri"]["danhsachsinhhieu"][-1]["mach"] == "81"
    assert model["YLenhThuocVatTu"]["danhsach"][0]["danhsach"][0]["tenthuocvattu"] == "Omeprazol 20 mg"
    assert model["PhieuChiDinh"]["danhsach"][0]["danhsach"][0]["tenchidinh"] == "Công thức máu"
    assert model["KetQuaXetNghiem"]["danhsach"][0]["danhsach"][0]["ketqua"] == "132"
    assert {model[g]["sovaovien"] for g in GROUPS if "sovaovien" in schema()[g].children} == {record.admission_number}
    assert model["GiayChuyenVien"]["danhsach"] == []


def test_a_cancelled_paper_says_nothing(cast: Cast) -> None:
    record = _rich(cast)
    document = Document.objects.get(record=record, form_code="lab_general_result")
    services.cancel(document, reason="Nhầm người bệnh", actor=cast.doctor)
    assert extract.model_of(record)["KetQuaXetNghiem"]["danhsach"] == []


def test_what_is_handed_over_holds_both_forms_the_signed_papers_and_their_hashes(cast: Cast) -> None:
    record = _rich(cast)
    handed = exporting.export(record, form="zip", **WHY, actor=cast.planning)
    with zipfile.ZipFile(io.BytesIO(handed.data)) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        papers = [n for n in names if n.startswith("giay/")]
        assert len(papers) == Document.objects.filter(record=record, signature_state="signed").count() > 0
        assert manifest["files"].keys() == names - {"manifest.json"}
        assert manifest["asked_by"] == WHY["asked_by"]
        assert read(archive.read("HoSoBenhAn.xml")).model == read(archive.read("HoSoBenhAn.json")).model
        assert verify_pdf(archive.read(papers[0]), anchors=certificates.anchors()).exit_code == 0
    kept = Export.objects.get()
    assert kept.reason == WHY["reason"]
    assert AuditEvent.objects.filter(action="cv365.record.export", outcome="ok", record_id=str(record.pk)).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Export.objects.update(reason="khác")


def test_a_wrong_file_does_not_leave(cast: Cast) -> None:
    record = _rich(cast)
    Patient.objects.filter(pk=cast.patient.pk).update(full_name="")
    record = MedicalRecord.objects.get(pk=record.pk)
    with pytest.raises(Refused) as refused:
        exporting.export(record, form="json", **WHY, actor=cast.planning)
    assert "hoten" in refused.value.message
    assert not Export.objects.exists()
    with pytest.raises(Invalid):
        exporting.export(record, form="pdf", asked_by="", reason="", actor=cast.planning)
    with pytest.raises(Refused):
        exporting.export(record, form="json", **WHY, actor=cast.doctor)


def _file(cast: Cast) -> dict[str, Any]:
    return dict(json.loads(writer.to_json(extract.model_of(_rich(cast)))))


def _sent(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def test_another_house_takes_the_file_in_and_says_the_same(cast: Cast) -> None:
    sent = writer.to_json(extract.model_of(_rich(cast)))
    row = importing.take(sent, "x.json", facility_code="79001", actor=cast.planning)
    assert row.result == "taken", row.faults
    record = MedicalRecord.objects.get(pk=row.record_id)
    assert record.medium == "imported"
    assert record.patient_id == cast.patient.pk  # the same personal number and name: the same person
    document = Document.objects.get(record=record)
    assert document.source == "cv365"
    content = content_of(document.versions.get())
    assert content["patient"]["full_name"] == "Nguyễn Thị Đào"
    assert content["drugs"][0]["name"] == "Omeprazol 20 mg"
    assert content["results"][0]["value"] == "132"
    kept = {(r["table"], r["field"]): r["value"] for r in content["others"]}
    assert kept[("ThongTinVaoVien", "quatrinhbenhly")] == "Đau ba ngày nay, tăng về đêm"


def test_nothing_of_the_file_is_lost_on_the_way_in(cast: Cast) -> None:
    """Every value of the file stands somewhere in the imported paper, as written or as a date people read."""
    data = _file(cast)
    model = read(_sent(data)).model
    told = json.dumps(importing.content_of(model, "x", "0" * 64), ensure_ascii=False)
    values: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)
        elif value:
            values.add(value)

    gather(model)
    lost = {v for v in values if v not in told and validate.day_of(v) is None and validate.moment_of(v) is None}
    assert lost <= {
        "1",
        "2",
        "3",
        "4",
        "5",
        "laboratory",
        *{str(d.order_no) for d in Document.objects.all()},
        "BSCKI.",
        "Khoa Nội",
    } | {s.licence_number for s in cast.staff.values()} | {s.full_name for s in cast.staff.values()}


def test_the_same_file_changes_nothing_and_a_newer_one_is_a_new_version(cast: Cast) -> None:
    data = _file(cast)
    first = importing.take(_sent(data), "a.json", facility_code="79001", actor=cast.planning)
    again = importing.take(_sent(data), "b.json", facility_code="79001", actor=cast.planning)
    assert (first.result, again.result) == ("taken", "same")
    data["HoSoBenhAn"]["ThongTinDieuTri"]["tomtat"] = "Ổn định, cho về"
    newer = importing.take(_sent(data), "c.json", facility_code="79001", actor=cast.planning)
    assert newer.result == "taken"
    assert newer.record_id == first.record_id
    assert Document.objects.get(pk=first.document_id).version_no == 2


KINDS = (
    *("unknown", "too_long", "order", "missing", "join", "required", "date", "datetime"),
    *("number", "icd", "object", "list", "text", "characters", "future"),
)


def _spoil(data: dict[str, Any], kind: str) -> bytes:
    root = data["HoSoBenhAn"]
    person = root["ThongTinBenhNhan"]
    if kind == "unknown":
        person["chieudai"] = "1"
    elif kind == "too_long":
        root["ThongTinDieuTri"]["tenicd"] = "x" * 256
    elif kind == "order":
        data["HoSoBenhAn"] = dict(reversed(root.items()))
    elif kind == "missing":
        del root["HoSoCapCuu"]
    elif kind == "join":
        root["PhieuChiDinh"]["sovaovien"] = "khác"
    elif kind == "required":
        person["hoten"] = ""
    elif kind == "date":
        person["ngaysinh"] = "1960-05-02"
    elif kind == "datetime":
        person["thoigianvaovien"] = "32/13/2026 25:00:00.000"
    elif kind == "number":
        person["cccd_so"] = "không"
    elif kind == "icd":
        root["ThongTinDieuTri"]["maicd"] = "R104"
    elif kind == "object":
        person["tiensusankhoa"] = "PARA"
    elif kind == "list":
        root["YLenhThuocVatTu"]["danhsach"] = "nhiều"
    elif kind == "text":
        person["hoten"] = {"ho": "Nguyễn"}
    elif kind == "characters":
        person["hoten"] = "Nguyễn\u202eĐào"
    elif kind == "future":
        person["thoigianvaovien"] = "01/01/2099 08:00:00.000"
    return _sent(data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_one_fault_is_refused_with_its_place_and_kept(cast: Cast, kind: str) -> None:
    before = MedicalRecord.objects.count() + 1  # the record the file is made from
    data = _spoil(_file(cast), kind)
    row = importing.take(data, "x.json", facility_code="79001", actor=cast.planning)
    faults = json.loads(row.faults)
    assert row.result == "refused"
    assert kind in {f["code"] for f in faults}, faults
    assert all(f["said"] for f in faults)
    assert MedicalRecord.objects.count() == before
    from benhan.records import queries as records

    assert records.files().get(row.stored_as) == data
    assert AuditEvent.objects.filter(action="cv365.import.run", outcome="refused").exists()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><HoSoBenhAn>&b;</HoSoBenhAn>"""
DEEP = (b"<a>" * 5_000, b"[" * 100_000, b'{"a":' * 50_000)
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><HoSoBenhAn>&a;</HoSoBenhAn>"""


@pytest.mark.parametrize(
    "data",
    [BOMB, OUTSIDE, b"<HoSoBenhAn>", b"{", b"[]", b"PK\x03\x04", b"<html/>", b'{"HoSoBenhAn": 1}', *DEEP],
)
def test_hostile_bytes_are_refused_and_kept(cast: Cast, data: bytes) -> None:
    row = importing.take(data, "x", facility_code="79001", actor=cast.planning)
    assert row.result == "refused"
    assert json.loads(row.faults)[0]["said"]
    assert "root:" not in row.faults


def test_xml_faults_are_told_like_those_of_json(cast: Cast) -> None:
    data = writer.to_xml(extract.model_of(_rich(cast))).decode()
    twice = data.replace("<hoten>", "<hoten>Ai</hoten><hoten>", 1)
    assert "twice" in {f.code for f in read(twice.encode()).faults}
    assert "attribute" in {f.code for f in read(data.replace("<hoten>", '<hoten a="1">', 1).encode()).faults}
    assert "unknown" in {f.code for f in read(data.replace("hoten>", "ho_ten>").encode()).faults}
    assert read(data.replace("KetQuaXetNghiem>", "KetquaXetNghiem>").encode()).faults == ()
    assert read(data.replace(".000<", "<").encode()).faults == ()


def test_items_nobody_told_us_of_are_taken_and_kept(cast: Cast) -> None:
    """Groups 8 and 9: other systems know their items. They come in as they are and stand in the imported paper."""
    data = _file(cast)
    data["HoSoBenhAn"]["GiayChuyenVien"]["danhsach"] = [{"sogiay": "12/2026", "noichuyenden": "Bệnh viện tỉnh"}]
    row = importing.take(_sent(data), "x.json", facility_code="79001", actor=cast.planning)
    assert row.result == "taken", row.faults
    content = content_of(Document.objects.get(pk=row.document_id).versions.get())
    assert ("GiayChuyenVien", "danhsach.noichuyenden", "Bệnh viện tỉnh") in {
        (o["table"], o["field"], o["value"]) for o in content["others"]
    }
    model = read(_sent(data)).model
    assert read(writer.to_xml(model)).model == model
    data["HoSoBenhAn"]["GiayChuyenVien"]["danhsach"] = [{"a b": "x"}]
    assert "unknown" in {f.code for f in read(_sent(data)).faults}


def test_an_organ_that_repeats_and_a_list_of_pictures_survive(cast: Cast) -> None:
    model = extract.model_of(_rich(cast))
    organs = model["ThongTinVaoVien"]["khambenh_caccoquan"]
    organs["tuanhoan"] = [{"dauchung": "Tim đều"}, {"dauchung": "T1, T2 rõ"}]
    for pictures in ([], ["a.jpg"], ["a.jpg", "b.jpg"]):
        model["KetQuaChanDoanHinhAnh"]["danhsach"] = [{"sophieu": "1", "hinhanh": pictures}]
        whole_model = complete(model)
        for write in (writer.to_json, writer.to_xml):
            back = read(write(whole_model))
            assert back.faults == ()
            assert back.model == whole_model


def test_numbers_as_numbers_are_read(cast: Cast) -> None:
    data = _file(cast)
    data["HoSoBenhAn"]["ThongTinVaoVien"]["mach"] = 88
    found = read(_sent(data))
    assert found.faults == ()
    assert found.model["ThongTinVaoVien"]["mach"] == "88"


def test_a_number_of_another_person_is_not_taken_over(cast: Cast) -> None:
    data = _file(cast)
    importing.take(_sent(data), "a.json", facility_code="79001", actor=cast.planning)
    person = data["HoSoBenhAn"]["ThongTinBenhNhan"]
    person |= {"hoten": "Lê Văn Khác", "ngaysinh": "01/01/1990", "cccd_so": "", "sovaovien": person["sovaovien"]}
    row = importing.take(_sent(data), "b.json", facility_code="79001", actor=cast.planning)
    assert row.result == "refused"
    assert "other_person" in row.faults


def test_the_pages_export_and_take_in(cast: Cast) -> None:
    record = _rich(cast)
    client = Client()
    client.force_login(cast.accounts["planning"])
    address = reverse("cv365:export", kwargs={"record_id": record.pk})
    assert "ThongTinBenhNhan" in client.get(address).content.decode()
    assert client.post(address, {"format": "zip"}).status_code == 422
    handed = client.post(address, {"format": "json", **WHY})
    assert handed["Content-Type"] == "application/json"
    upload = SimpleUploadedFile("x.json", handed.content)
    taken = client.post(reverse("cv365:upload"), {"file": upload, "facility_code": "79001"})
    assert taken.status_code == 302
    assert Arrival.objects.get().result == "taken"
    assert client.post(reverse("cv365:upload"), {"facility_code": "79001"}).status_code == 422
    assert (
        client.post(reverse("cv365:upload"), {"file": SimpleUploadedFile("x", b"{}"), "facility_code": "7"}).status_code
        == 422
    )
    assert "Đã nhận" in client.get(reverse("cv365:arrivals")).content.decode()


def test_the_commands(cast: Cast, tmp_path: Any) -> None:
    record = _rich(cast)
    given_words = ["--asked-by", WHY["asked_by"], "--reason", WHY["reason"]]
    done = CliRunner().invoke(
        main, ["record", "cv365", record.record_number, "--to", str(tmp_path), "--format", "xml", *given_words]
    )
    assert done.exit_code == 0, done.output
    written = next(tmp_path.glob("*.xml"))
    taken = CliRunner().invoke(main, ["import", "cv365", "--from", "79001", str(written)])
    assert taken.exit_code == 0, taken.output
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(main, ["import", "cv365", "--from", "79001", str(tmp_path / "bad.json")]).exit_code == 1
    assert CliRunner().invoke(main, ["import", "cv365", "--from", "7", str(written)]).exit_code == 2
