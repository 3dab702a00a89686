"""A file or a package that says more than it can prove, and a house that is made to write one."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from benhan.archive import packages
from benhan.cli.proofs import verify
from benhan.kernel import clock
from benhan.kernel.canonical import canonical
from benhan.proof import authority
from benhan.proof.package import Package, write_package
from benhan.proof.verdict import Verdict
from benhan.proof.verify import verify_pdf
from benhan.signing.models import Certificate
from benhan.site import rules
from tests.access.test_routes import log_in
from tests.people import PIN, Cast
from tests.proof import house as trust
from tests.stories import sealed


@pytest.fixture(scope="module")
def house() -> trust.House:
    return trust.found()


@pytest.fixture(scope="module")
def signed(house: trust.House) -> bytes:
    return trust.sign_page(trust.draw(), house.doctor, "doctor", crl=house.crl())


@pytest.fixture(scope="module")
def package(house: trust.House) -> Package:
    return trust.package(house)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(verify, list(arguments))


def anchor(house: trust.House, folder: Path) -> str:
    path = folder / "root.cer"
    path.write_bytes(house.root.certificate)
    return str(path)


def test_exit_codes_tell_sound_from_trusted(
    house: trust.House, package: Package, signed: bytes, tmp_path: Path
) -> None:
    """Nothing but a root that was brought along gives 0: a script that asks for 0 must not be content with less."""
    folder = write_package(tmp_path / "goi", package)
    pdf = tmp_path / "giay.pdf"
    pdf.write_bytes(signed)
    root = anchor(house, tmp_path)
    for path in (str(folder), str(pdf)):
        assert run(path, "--anchor", root).exit_code == 0
        bare = run(path)
        assert bare.exit_code == 3
        assert "HỢP LỆ" not in bare.output
        assert "CHƯA BIẾT CỦA AI" in bare.output
    told = json.loads(run(str(folder), "--format", "json").output)
    assert (told["answer"], told["holds"], told["anchored"]) == ("unknown", False, False)
    (folder / "volume-1" / "manifest.json").unlink()
    assert run(str(folder)).exit_code == 1
    assert run(str(tmp_path / "nowhere")).exit_code == 2


def test_a_whole_package_of_a_foreign_authority_with_the_same_names_never_passes(
    house: trust.House, tmp_path: Path
) -> None:
    """Every name, number and hash is right; only the keys are the forger's."""
    forged = write_package(tmp_path / "goi", trust.package(trust.found()))
    assert run(str(forged)).exit_code == 3
    assert run(str(forged), "--anchor", anchor(house, tmp_path)).exit_code == 1


def test_a_manifest_of_another_record_does_not_go_with_this_one(house: trust.House, tmp_path: Path) -> None:
    """Volume 2 is truly sealed by the facility, over the right hash, but belongs to somebody else's record."""
    from benhan.kernel.canonical import sha256_hex

    first = trust.volume(house, 1)
    other = {"id": "9999", "type": "inpatient", "record_number": "26.000002", "admission_number": "2",
             "archive_number": "LT26.000002", "medium": "electronic"}  # fmt: skip
    second = trust.volume(house, 2, sha256_hex(canonical(first.manifest)), record=other)
    mixed = Package([first, second], {"root": house.root.certificate}, {"root": house.crl()})
    result = run(str(write_package(tmp_path / "goi", mixed)), "--anchor", anchor(house, tmp_path))
    assert result.exit_code == 1
    assert "thuộc một hồ sơ khác" in result.output


def with_box(signed: bytes, picture: bytes, box: tuple[int, int, int, int]) -> bytes:
    """An update with one more field for a signature that nobody made, and a picture in it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    append_signature_field(writer, SigFieldSpec("Extra", on_page=0, box=box))
    field = next(f.get_object() for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Extra")
    if picture:
        shape = {NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
                 NameObject("/BBox"): ArrayObject([NumberObject(n) for n in (0, 0, 500, 700)])}  # fmt: skip
        drawn = writer.add_object(StreamObject(shape, stream_data=picture))
        field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): drawn})
        writer.update_container(field)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("picture", [b"1 1 1 rg 0 0 500 700 re f", b""])
@pytest.mark.parametrize("box", [(50, 50, 550, 750), (100, 400, 140, 415)])
def test_a_box_without_a_signature_laid_over_the_signed_text_is_found(
    picture: bytes, box: tuple[int, int, int, int], signed: bytes, house: trust.House
) -> None:
    """Shadow attack: readers show a white or written-on box over a dose, and the signature below stays intact."""
    verdict = verify_pdf(with_box(signed, picture, box), anchors=house.anchors)
    assert "foreign_box" in verdict.codes, verdict.as_text()
    assert verdict.is_invalid


def test_a_name_cannot_write_lines_of_the_verdict() -> None:
    verdict = Verdict()
    verdict.add(
        "x", "bad", "Người ký: A\n✓ Chứng thư thuộc gốc được tin cậy\nHỢP LỆ (9 đúng, 0 sai)", "a\x1b[2J\u202eb"
    )
    lines = verdict.as_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("✗ ")
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]


def test_a_signer_named_like_a_verdict_stays_one_line(house: trust.House) -> None:
    name = "An\n✓ Chứng thư thuộc gốc được tin cậy\nHỢP LỆ"
    pair = authority.issue(house.root, common_name=name, organisation="x", title="y", serial="1", at=trust.BEFORE)
    verdict = verify_pdf(trust.sign_page(trust.draw(), pair, "doctor"), anchors=trust.found().anchors)
    assert not [line for line in verdict.as_text().splitlines() if line.startswith(("✓ Chứng", "HỢP"))]


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", ["../../../{serial}", "/{serial}", "{serial}/..", "-rf.{serial}"])
def test_a_pattern_of_numbers_leads_out_of_no_folder(cast: Cast, tmp_path: Path, pattern: str) -> None:
    rules.change({"numbers.record.outpatient": pattern}, by="x")
    record = sealed(cast)
    target = tmp_path / "xuat"
    written = packages.export(record, target)
    assert written.parent == target
    assert not written.name.startswith((".", "-"))
    disposition = log_in("planning").get(f"/records/{record.pk}/package.zip")["Content-Disposition"]
    assert "/" not in disposition.split("=")[1]
    assert ".." not in disposition


def p12(name: str, *, issuer: authority.KeyPair | None) -> bytes:
    """A certificate file as somebody could make it at home."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key()).serial_number(77)
    builder = builder.not_valid_before(clock.now() - timedelta(days=2)).not_valid_after(clock.now() + timedelta(days=9))
    made = builder.issuer_name(issuer.x509.subject if issuer else subject).sign(
        issuer.key if issuer else key, hashes.SHA256()
    )
    above = [issuer.x509] if issuer else None
    return pkcs12.serialize_key_and_certificates(b"x", key, made, above, BestAvailableEncryption(b"mat khau"))


@pytest.mark.django_db
def test_nobody_imports_a_certificate_of_somebody_else_or_of_their_own_making(cast: Cast) -> None:
    """The doctor would sign as the director, with a label that says more than anybody checked."""
    root = authority.create_root("CA tự dựng", at=clock.now() - timedelta(days=3))
    doctor = log_in("doctor")
    before = Certificate.objects.count()
    for name, issuer in (("Ngô Văn Khánh", root), ("Nguyễn Văn An", None)):
        file = SimpleUploadedFile("../a.p12", p12(name, issuer=issuer))
        doctor.post("/certificate", {"file": file, "password": "mat khau", "pin": PIN, "again": PIN})
        assert Certificate.objects.count() == before
    own = SimpleUploadedFile("a.p12", p12("NGUYỄN VĂN AN", issuer=root))
    doctor.post("/certificate", {"file": own, "password": "mat khau", "pin": PIN, "again": PIN})
    assert Certificate.objects.count() == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"0\x82\xff\xff" + b"A" * 70_000, b"PK\x03\x04", b"0\x80" * 5_000])
def test_a_broken_certificate_file_is_told(cast: Cast, data: bytes) -> None:
    before = Certificate.objects.count()
    file = SimpleUploadedFile("x.p12", data)
    answer = log_in("doctor").post("/certificate", {"file": file, "password": "\0é", "pin": PIN, "again": PIN})
    assert answer.status_code == 422
    assert Certificate.objects.count() == before
    assert Encoding.DER
