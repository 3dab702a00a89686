"""Paper made from a signed original says so, and its code leads back to the original and to nothing else (R-90, PRN-02–04)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client

from benhan.audit.models import AuditEvent
from benhan.kernel.errors import NotFound, Refused
from benhan.law import registry
from benhan.proof.qr import qr_svg
from benhan.proof.sign import signed_positions
from benhan.records import copies, rendering, services
from benhan.records import queries as records
from benhan.records.models import DocumentVersion, LookupCode
from tests.people import Cast, note
from tests.stories import sign_all, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_misses_before() -> None:
    cache.clear()


@pytest.fixture
def signed(cast: Cast) -> DocumentVersion:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    sign_all(cast, "doctor")
    return version


def text_of(pdf: bytes, folder: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (folder / "paper.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", "paper.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().split("\f")[:-1]


def test_the_paper_says_on_every_page_what_the_law_asks(cast: Cast, signed: DocumentVersion, tmp_path: Path) -> None:
    pdf = copies.print_on_paper(signed, cast.doctor)
    kept = LookupCode.objects.get(version=signed, kind="paper")
    for page in text_of(pdf, tmp_path):
        words = " ".join(page.split())
        assert "BẢN GIẤY CHUYỂN ĐỔI TỪ VĂN BẢN ĐIỆN TỬ" in words
        for said in (
            kept.code,
            "Hệ thống: benhan",
            "Người chuyển đổi:",
            cast.doctor.full_name,
            signed.payload_hash[:32],
        ):
            assert said in words
        assert rendering.local(kept.made_at) in words
        assert "Đã ký điện tử" in words, "the looks of the signatures are on the paper"
    assert signed_positions(pdf) == [], "nobody takes the paper for the original"


def test_what_later_signers_put_on_the_page_is_on_the_paper(cast: Cast, tmp_path: Path) -> None:
    version = written(cast, cast.open())
    sign_all(cast, "doctor", "director")
    pages = text_of(copies.print_on_paper(version, cast.doctor), tmp_path)
    assert cast.actors["director"].full_name in pages[-1]
    assert sum(page.count("Đã ký điện tử") for page in pages) == 3


def test_every_print_has_its_own_code_and_stands_in_the_log(cast: Cast, signed: DocumentVersion) -> None:
    copies.print_on_paper(signed, cast.doctor)
    copies.print_on_paper(signed, cast.doctor)
    codes = LookupCode.objects.filter(version=signed, kind="paper").values_list("code", flat=True)
    assert len(set(codes)) == 2
    noted = AuditEvent.objects.filter(action="records.document.printed").values_list("detail", flat=True)
    assert all(any(code in str(detail) for detail in noted) for code in codes)


def test_a_page_nobody_signed_is_no_original(cast: Cast) -> None:
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    with pytest.raises(Refused) as refused:
        copies.print_on_paper(version, cast.doctor)
    assert refused.value.code == "unsigned"
    assert not LookupCode.objects.exists()


def test_a_code_is_never_changed(signed: DocumentVersion, cast: Cast) -> None:
    copies.print_on_paper(signed, cast.doctor)
    with pytest.raises(DatabaseError), transaction.atomic():
        LookupCode.objects.update(by_name="Người khác")


def test_who_holds_the_paper_sees_enough_to_compare_and_nothing_clinical(cast: Cast, signed: DocumentVersion) -> None:
    copies.print_on_paper(signed, cast.doctor)
    code = LookupCode.objects.get(kind="paper").code
    page = Client().get(f"/verify/{code.replace('-', '').lower()}")
    shown = page.content.decode()
    assert page.status_code == 200
    assert "đang có hiệu lực" in shown
    assert signed.payload_hash in shown
    assert cast.patient.full_name not in shown
    assert "".join(str(v) for v in note().values())[:20] not in shown


def test_an_amended_paper_is_told_from_a_valid_one(cast: Cast, signed: DocumentVersion) -> None:
    copies.print_on_paper(signed, cast.doctor)
    code = LookupCode.objects.get(kind="paper").code
    assert copies.look_up(code, "::1").state == "valid"
    services.amend(
        records.document(signed.document_id),
        note("Viết lại"),
        actor=cast.doctor,
        reason="Ghi nhầm bên",
        base_version_no=1,
    )
    assert copies.look_up(code, "::1").state == "superseded"
    services.cancel(records.document(signed.document_id), reason="Nhầm người bệnh", actor=cast.doctor)
    assert copies.look_up(code, "::1").state == "cancelled"


@pytest.mark.parametrize("typed", ["", "abc", "2345-6789-ABC", "2345-6789-ABCO", "';--", "2" * 400, "2222-2222-2222"])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    with pytest.raises(NotFound):
        copies.look_up(typed, "::1")


def test_who_tries_codes_one_after_another_is_stopped(cast: Cast, signed: DocumentVersion) -> None:
    copies.print_on_paper(signed, cast.doctor)
    client = Client()
    statuses = [client.get("/verify/", {"code": f"2222-2222-22{n:02d}"}).status_code for n in range(22, 22 + 25)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert client.get("/verify/", {"code": LookupCode.objects.get(kind="paper").code}).status_code == 429


def test_a_paper_that_leaves_the_house_carries_its_code(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = registry.form_version

    def leaving(*args: Any) -> Any:
        return replace(found(*args), leaves_facility=True)

    monkeypatch.setattr(registry, "form_version", leaving)
    version = services.write(cast.open(), "free_note", note(), actor=cast.doctor)
    code = LookupCode.objects.get(version=version, kind="original").code
    pages = text_of(rendering.preview(records.document(version.document_id), version).pdf, tmp_path)
    assert all(f"Mã tra cứu: {code}" in " ".join(page.split()) for page in pages)
    assert copies.look_up(code, "::1").state == "unsigned"


def test_the_qr_holds_the_address_when_the_house_has_one(settings: Any) -> None:
    settings.BENHAN_LOOKUP_URL = "https://benhan.example/"
    assert copies.link("ABCD-EFGH-JKMN") == "https://benhan.example/verify/ABCD-EFGH-JKMN"
    assert copies.tidy("https://benhan.example/verify/abcd-efgh-jkmn") == "ABCD-EFGH-JKMN"
    settings.BENHAN_LOOKUP_URL = ""
    assert copies.link("ABCD-EFGH-JKMN") == "ABCD-EFGH-JKMN"
    assert qr_svg("ABCD-EFGH-JKMN") != qr_svg("ABCD-EFGH-JKMP")
