"""A package proves itself, and every way to change one is found."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benhan.kernel.canonical import canonical, sha256_hex
from benhan.kernel.errors import Conflict, Refused
from benhan.proof.package_check import verify_package
from benhan.proof.packing import Package, SealedVolume, write_package
from tests.proof import house as trust


@pytest.fixture
def folder(package: Package, tmp_path: Path) -> Path:
    return write_package(tmp_path / "record", package)


def test_a_package_holds(folder: Path, house: trust.House) -> None:
    verdict = verify_package(folder, anchors=house.anchors)
    assert verdict.answer == "valid", verdict.as_text()
    assert {"chain", "index", "intact", "trusted", "not_revoked"} <= verdict.codes
    assert {s["name"] for s in verdict.signers} == {trust.FACILITY, "Đỗ Thị Ngọc Ánh"}


def test_a_zip_holds_and_is_the_same_twice(package: Package, house: trust.House, tmp_path: Path) -> None:
    first = write_package(tmp_path / "one.zip", package)
    second = write_package(tmp_path / "two.zip", package)
    assert verify_package(first, anchors=house.anchors).holds
    assert first.read_bytes() == second.read_bytes()


def test_without_a_root_from_elsewhere_nobody_knows_whose_package_it_is(folder: Path) -> None:
    verdict = verify_package(folder)
    assert verdict.answer == "unknown", "sound, and perhaps made by anybody"
    assert not verdict.anchored
    assert {f.code for f in verdict.findings if f.severity in ("bad", "unknown")} == {"no_anchor"}
    assert "CHƯA BIẾT CỦA AI" in verdict.as_text()


def test_a_root_that_did_not_issue_makes_it_invalid(folder: Path) -> None:
    verdict = verify_package(folder, anchors=trust.found().anchors)
    assert verdict.is_invalid
    assert "untrusted" in verdict.codes


def test_the_index_shows_the_record_and_runs_nothing(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "Lê Văn Thử &lt;b&gt;" in text
    assert "<script" not in text
    assert 'href="volume-1/documents/0001-to_dieu_tri-v1.pdf"' in text


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _swap(first: Path, second: Path) -> None:
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def _swap_all(first: Path, second: Path, names: tuple[str, ...]) -> None:
    for name in names:
        _swap(first / name, second / name)


DOC = "documents/0001-to_dieu_tri-v1"
BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "one byte of a document": (lambda f: _flip(f / f"volume-1/{DOC}.pdf"), "altered_file"),
    "one byte of the data": (lambda f: _flip(f / f"volume-1/{DOC}.json"), "altered_file"),
    "a document is missing": (lambda f: (f / f"volume-1/{DOC}.pdf").unlink(), "missing_file"),
    "a document too many": (lambda f: (f / "volume-1/documents/x.pdf").write_bytes(b"%PDF-"), "extra_file"),
    "documents change places": (lambda f: _swap(f / f"volume-1/{DOC}.pdf", f / f"volume-2/{DOC}.pdf"), "altered_file"),
    "the manifest beside the signed one": (lambda f: _flip(f / "volume-1/manifest.json"), "manifest_differs"),
    "one byte of the signed manifest": (lambda f: _flip(f / "volume-1/manifest.pdf"), "altered"),
    "no signed manifest": (lambda f: (f / "volume-1/manifest.pdf").unlink(), "missing_file"),
    "volumes change places": (
        lambda f: _swap_all(f / "volume-1", f / "volume-2", ("manifest.json", "manifest.pdf")), "chain_broken",
    ),
    "the first volume is gone": (
        lambda f: shutil.rmtree(f / "volume-1"), "volumes",
    ),
    "an index that shows something else": (lambda f: _flip_text(f / "index.html", "Bác sĩ", "Y sĩ"), "index_altered"),
    "a certificate that is none": (lambda f: (f / "certs/x.cer").write_bytes(b"x"), "not_certificate"),
    "a list that is none": (lambda f: (f / "evidence/x.crl").write_bytes(b"x"), "not_crl"),
    "a link to elsewhere": (lambda f: os.symlink("/etc/passwd", f / "certs/y.cer"), "unreadable"),
    "a hidden file": (lambda f: (f / ".hidden").write_bytes(b"x"), "unsafe_path"),
}  # fmt: skip


def _flip_text(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", BAD)
def test_what_was_changed_is_found(name: str, folder: Path, house: trust.House) -> None:
    change, code = BAD[name]
    change(folder)
    verdict = verify_package(folder, anchors=house.anchors)
    assert verdict.is_invalid
    found = {f.code for f in verdict.findings if f.severity == "bad"}
    assert code in found or (code == "altered" and "pdf_damaged" in found), verdict.as_text()


def test_a_member_of_staff_cannot_seal(house: trust.House, tmp_path: Path) -> None:
    genuine = trust.volume(house)
    forged = SealedVolume(genuine.manifest, trust.seal(house, genuine.manifest, house.doctor), genuine.files)
    path = write_package(tmp_path / "p", Package([forged], {"root": house.root.certificate}, {"root": house.crl()}))
    verdict = verify_package(path, anchors=house.anchors)
    assert "not_sealed_by_facility" in verdict.codes
    assert verdict.is_invalid


def test_a_manifest_that_names_other_signers_is_found(house: trust.House, tmp_path: Path) -> None:
    genuine = trust.volume(house)
    manifest = json.loads(canonical(genuine.manifest))
    manifest["documents"][0]["signatures"][0]["certificate_serial"] = "1"
    sealed = SealedVolume(manifest, trust.seal(house, manifest), genuine.files)
    path = write_package(tmp_path / "p", Package([sealed], {"root": house.root.certificate}, {"root": house.crl()}))
    assert "signers_differ" in verify_package(path, anchors=house.anchors).codes


@pytest.mark.parametrize(
    "change", [{"previous_manifest_sha256": "0" * 64}, {"volume": 7}, {"sealed_at": "2020-01-01T00:00:00.000000Z"}]
)
def test_a_broken_chain_is_found(change: dict[str, object], house: trust.House, tmp_path: Path) -> None:
    first = trust.volume(house)
    second = trust.volume(house, 2, sha256_hex(canonical(first.manifest)))
    manifest = {**second.manifest, **change}
    at = trust.AT + timedelta(hours=2)
    pdf = (
        trust.seal(house, {**manifest, "sealed_at": trust.stamp(at)})
        if "sealed_at" in change
        else trust.seal(house, manifest)
    )
    path = write_package(
        tmp_path / "p", Package([first, second], {"root": house.root.certificate}, {"root": house.crl()})
    )
    (path / "volume-2/manifest.json").write_bytes(canonical(manifest))
    (path / "volume-2/manifest.pdf").write_bytes(pdf)
    assert {"chain_broken", "seal_times"} & verify_package(path, anchors=house.anchors).codes


@pytest.mark.filterwarnings("ignore:Duplicate name")  # the point of the test
def test_a_zip_with_a_path_outside_or_twice_is_refused(package: Package, tmp_path: Path, house: trust.House) -> None:
    good = write_package(tmp_path / "p.zip", package)
    for name, code in (
        ("../evil.pdf", "unsafe_path"),
        ("/etc/x", "unsafe_path"),
        ("a\\b", "unsafe_path"),
        ("index.html", "unreadable"),
    ):
        bad = tmp_path / "bad.zip"
        bad.write_bytes(good.read_bytes())
        with zipfile.ZipFile(bad, "a") as file:
            file.writestr(name, b"x")
        verdict = verify_package(bad, anchors=house.anchors)
        assert verdict.is_invalid
        assert code in verdict.codes


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.999])
def test_a_cut_off_zip_is_refused(keep: float, package: Package, tmp_path: Path, house: trust.House) -> None:
    path = write_package(tmp_path / "p.zip", package)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert verify_package(path, anchors=house.anchors).is_invalid


def test_what_is_no_package_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hello")
    for path in (tmp_path / "x", tmp_path / "none", tmp_path):
        assert verify_package(path).is_invalid


def test_writing_refuses_what_differs_from_the_manifest(house: trust.House, tmp_path: Path) -> None:
    genuine = trust.volume(house)
    name = f"{DOC}.pdf"
    damaged = replace(genuine, files={**genuine.files, name: b"other"})
    missing = replace(genuine, files={k: v for k, v in genuine.files.items() if k != name})
    for volume in (damaged, missing):
        with pytest.raises(Refused, match="0001"):
            write_package(tmp_path / "p", Package([volume]))
        assert not (tmp_path / "p").exists()
    assert list(tmp_path.iterdir()) == []


def test_writing_over_something_is_refused(package: Package, folder: Path) -> None:
    with pytest.raises(Conflict):
        write_package(folder, package)
