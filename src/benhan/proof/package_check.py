"""Verify a package: each manifest by its signature, each file by its manifest, each volume by the one before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from benhan.kernel.canonical import canonical, sha256_hex
from benhan.proof import carried
from benhan.proof.authority import NOT_A_CERTIFICATE
from benhan.proof.container import Container, Unreadable, is_safe_path, open_container
from benhan.proof.index_page import INDEX_FORMAT, index_page
from benhan.proof.packing import FORMAT, expected_files
from benhan.proof.verdict import Verdict
from benhan.proof.verify import pdf_signers, read_embedded, verify_pdf

JSON_BYTES_MAX = 64 * 1024 * 1024


@dataclass
class _Opened:
    """What is known of a package while it is being checked."""

    container: Container
    paths: set[str]
    verdict: Verdict
    anchors: Sequence[bytes]
    crls: list[bytes] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)


def verify_package(
    path: Path, *, anchors: Sequence[bytes] = (), crls: Sequence[bytes] = (), at: datetime | None = None
) -> Verdict:
    """Check a package (directory or .zip) and say what holds and what does not. Never raises for a bad package.

    `anchors`: roots (DER) that the checker trusts from elsewhere. Without any, everything is checked against the roots
    in the package itself, and the verdict says that whose package it is cannot be told from the package alone."""
    verdict = Verdict()
    try:
        container = open_container(path)
    except Unreadable as error:
        verdict.add("unreadable", "bad", str(error))
        return verdict
    try:
        _check(container, verdict, anchors, crls, at)
    except Unreadable as error:
        verdict.add("unreadable", "bad", str(error))
    finally:
        container.close()
    return verdict


def _check(
    container: Container, verdict: Verdict, anchors: Sequence[bytes], crls: Sequence[bytes], at: datetime | None
) -> None:
    paths = container.paths()
    unsafe = [p for p in paths if not is_safe_path(p)]
    for path in unsafe[:20]:
        verdict.add("unsafe_path", "bad", "Tên tệp không an toàn trong gói", path[:80])
    if unsafe:
        return
    opened = _Opened(container, set(paths), verdict, anchors)
    roots = _read_certificates(opened)
    opened.crls = [*crls, *_read_crls(opened)]
    if not anchors:
        opened.anchors = roots
        prints = ", ".join(sha256_hex(r)[:32] for r in roots) or "không có"
        verdict.add(
            "no_anchor", "unknown",
            "Chưa có chứng thư gốc tin cậy từ bên ngoài: chỉ đối chiếu với gốc nằm trong gói. "
            f"Hãy hỏi cơ sở dấu vân tay của gốc và so với: {prints}",
        )  # fmt: skip
    manifests = _check_volumes(opened, at)
    _check_index(opened, manifests)
    for path in sorted(opened.paths - opened.claimed):
        verdict.add("extra_file", "bad", "Tệp không có trong danh mục đã niêm phong", path)


def _read_certificates(opened: _Opened) -> list[bytes]:
    """Self-signed certificates of the package, as candidates for a root; each file must at least be a certificate."""
    roots: list[bytes] = []
    for path in sorted(p for p in opened.paths if p.startswith("certs/") and p.endswith(".cer")):
        opened.claimed.add(path)
        data = opened.container.read(path)
        try:
            parsed = x509.load_der_x509_certificate(data)
            is_root = parsed.issuer == parsed.subject
        except NOT_A_CERTIFICATE:
            opened.verdict.add("not_certificate", "bad", "Không phải chứng thư", path)
            continue
        if is_root:
            roots.append(data)
    return roots


def _read_crls(opened: _Opened) -> list[bytes]:
    found: list[bytes] = []
    for path in sorted(p for p in opened.paths if p.startswith("evidence/") and p.endswith(".crl")):
        opened.claimed.add(path)
        data = opened.container.read(path)
        try:
            x509.load_der_x509_crl(data)
        except NOT_A_CERTIFICATE:
            opened.verdict.add("not_crl", "bad", "Không phải danh sách thu hồi", path)
            continue
        found.append(data)
    return found


def _check_volumes(opened: _Opened, at: datetime | None) -> list[dict[str, Any]]:
    folders = sorted({p.split("/")[0] for p in opened.paths if p.startswith("volume-")})
    numbers = sorted(int(f[7:]) for f in folders if f[7:].isdecimal())
    if not numbers or len(numbers) != len(folders) or numbers != list(range(1, len(numbers) + 1)):
        opened.verdict.add("volumes", "bad", "Các phần của hồ sơ không đủ hoặc không liên tục từ phần 1")
        return []
    manifests: list[dict[str, Any]] = []
    previous = b""
    for number in numbers:
        folder = f"volume-{number}"
        text, manifest = _check_manifest(opened, folder, at)
        if manifest is None:
            return []
        _check_chain(opened.verdict, folder, number, manifest, manifests, previous)
        manifests.append(manifest)
        previous = text
        _check_files(opened, folder, manifest, at)
    if len(numbers) > 1:
        opened.verdict.add("chain_checked", "note", f"Đã đối chiếu {len(numbers)} lần niêm phong nối tiếp nhau")
    return manifests


def _check_manifest(opened: _Opened, folder: str, at: datetime | None) -> tuple[bytes, dict[str, Any] | None]:
    """The manifest of a volume: same inside and outside its PDF, signed by the facility it names."""
    verdict = opened.verdict
    missing = [n for n in ("manifest.json", "manifest.pdf") if f"{folder}/{n}" not in opened.paths]
    for name in missing:
        verdict.add("missing_file", "bad", "Thiếu danh mục", f"{folder}/{name}")
    if missing:
        return b"", None
    opened.claimed |= {f"{folder}/manifest.json", f"{folder}/manifest.pdf"}
    text, pdf = opened.container.read(f"{folder}/manifest.json"), opened.container.read(f"{folder}/manifest.pdf")
    place = f"{folder}/manifest.pdf"
    verdict.take(
        verify_pdf(pdf, anchors=opened.anchors, crls=opened.crls, at=at, manifest_sha256=sha256_hex(text)), place
    )
    if read_embedded(pdf).get("manifest.json") != text:
        verdict.add("manifest_differs", "bad", "manifest.json khác với bản nhúng trong danh mục đã ký", place)
    manifest = _parse_manifest(text)
    if manifest is None:
        verdict.add("manifest_wrong", "bad", "Danh mục không đúng định dạng", f"{folder}/manifest.json")
        return text, None
    names = [s["name"] for s in pdf_signers(pdf)]
    if names != [manifest["facility"]["name"][:64]]:
        # Any member of staff has a certificate of the same authority; only the seal of the facility seals.
        verdict.add("not_sealed_by_facility", "bad", "Danh mục không do con dấu số của cơ sở ký", place)
    return text, manifest


def _parse_manifest(text: bytes) -> dict[str, Any] | None:
    """The manifest when it has our shape, else None. Drawing the index and listing the files reads what we use."""
    if len(text) > JSON_BYTES_MAX:
        return None
    try:
        manifest = json.loads(text)
        if not isinstance(manifest, dict) or manifest["format"] != FORMAT or canonical(manifest) != text:
            return None
        index_page([manifest])
        files = [e.path for e in expected_files(manifest)]
        wrong = not all(is_safe_path(p) for p in files)
        wrong = wrong or not isinstance(manifest["volume"], int) or not isinstance(manifest["facility"]["name"], str)
        _ = manifest["previous_manifest_sha256"], manifest["record"]["id"], manifest["patient"]["id"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return None if wrong else manifest


def _check_chain(
    verdict: Verdict, place: str, number: int, manifest: dict[str, Any], before: list[dict[str, Any]], previous: bytes
) -> None:
    expected = sha256_hex(previous) if previous else ""
    if manifest["volume"] != number or manifest["previous_manifest_sha256"] != expected:
        verdict.add("chain_broken", "bad", "Phần này không nối đúng vào niêm phong của phần trước", place)
        return
    if before:
        first = before[0]
        same = (
            manifest["record"]["id"] == first["record"]["id"]
            and manifest["facility"]["code"] == first["facility"]["code"]
        )
        if not same:
            verdict.add("other_record", "bad", "Phần này thuộc một hồ sơ khác", place)
        elif datetime.fromisoformat(manifest["sealed_at"]) < datetime.fromisoformat(before[-1]["sealed_at"]):
            verdict.add("seal_times", "bad", "Phần sau được niêm phong trước phần trước", place)
        else:
            verdict.add("chain", "good", "Nối đúng vào niêm phong của phần trước", place)


def _check_files(opened: _Opened, folder: str, manifest: dict[str, Any], at: datetime | None) -> None:
    orders = [entry["order"] for entry in manifest["documents"]]
    if orders != list(range(1, len(orders) + 1)):
        opened.verdict.add("order", "bad", "Thứ tự giấy tờ trong danh mục không liên tục", folder)
    signed = {entry["file"]: entry for entry in manifest["documents"] if entry["file"].endswith(".pdf")}
    carrying: set[str] = set()
    sound = 0
    for expected in expected_files(manifest):
        path = f"{folder}/{expected.path}"
        opened.claimed.add(path)
        if path not in opened.paths:
            opened.verdict.add("missing_file", "bad", "Thiếu tệp đã ghi trong danh mục", path)
            continue
        data = opened.container.read(path)
        if sha256_hex(data) != expected.sha256:
            opened.verdict.add("altered_file", "bad", "Tệp khác với danh mục đã niêm phong", path)
            continue
        sound += 1
        if carried.MARK in data and expected.path.endswith(".json"):
            carrying.add(expected.path)
        if expected.path in signed:
            _check_document(opened, path, data, signed[expected.path], at)
    _check_carried(opened, folder, manifest, carrying)
    opened.verdict.add("files", "note", f"{sound} tệp khớp mã băm trong danh mục", folder)


def _check_carried(opened: _Opened, folder: str, manifest: dict[str, Any], carrying: set[str]) -> None:
    def read(path: str) -> bytes:
        return opened.container.read(f"{folder}/{path}")

    for entry in manifest["documents"]:
        if entry["json"] not in carrying:
            continue
        place = f"{folder}/{entry['json']}"
        try:
            found = list(carried.faults(entry, manifest["documents"], read))
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError, OSError) as error:
            found = [("carried_unreadable", f"Phần đã ký ở phiên bản trước không đọc được ({type(error).__name__})")]
        for code, words in found:
            opened.verdict.add(code, "bad", words, place)
        if not found:
            opened.verdict.add("carried", "good", "Phần đã ký ở phiên bản trước vẫn như khi ký", place)


def _check_document(opened: _Opened, path: str, data: bytes, entry: dict[str, Any], at: datetime | None) -> None:
    verdict = verify_pdf(data, anchors=opened.anchors, crls=opened.crls, at=at, content_sha256=entry["content_sha256"])
    opened.verdict.take(verdict, path)
    listed = [s["certificate_serial"] for s in entry["signatures"] if s["certificate_serial"]]
    if [s["certificate_serial"] for s in verdict.signers] != listed:
        opened.verdict.add("signers_differ", "bad", "Chữ ký trong tệp khác với danh mục", path)


def _check_index(opened: _Opened, manifests: list[dict[str, Any]]) -> None:
    if "index.html" not in opened.paths:
        opened.verdict.add("no_index", "note", "Gói không có trang xem index.html")
        return
    opened.claimed.add("index.html")
    if not manifests:
        return
    data = opened.container.read("index.html")
    if data == index_page(manifests):
        opened.verdict.add("index", "good", "Trang xem đúng với các danh mục", "index.html")
    elif INDEX_FORMAT.encode() in data[:400]:
        opened.verdict.add("index_altered", "bad", "Trang xem đã bị sửa, không đúng với danh mục", "index.html")
    else:
        opened.verdict.add(
            "index_unknown", "unknown", "Trang xem do một bản phần mềm khác tạo, không đối chiếu được", "index.html"
        )
