"""Write a sealed record as a package that proves itself: signed PDFs, JSON, manifests, certificates, status evidence.

index.html                      the record in order, for any browser, no server; made from the manifests alone
certs/NAME.cer                  certificates of the authority and the signers (DER)
evidence/NAME.crl               lists of revoked certificates (DER)
volume-1/manifest.pdf           PDF/A-3 signed by the facility, with manifest.json embedded
volume-1/manifest.json          the same bytes
volume-1/documents/…            as the manifest names them
volume-1/evidence/…             what a patient was shown when confirming
volume-2/…                      a supplement, sealed over the hash of volume 1's manifest
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benhan.kernel.canonical import canonical, sha256_hex
from benhan.kernel.errors import Conflict, Refused
from benhan.proof.container import is_safe_path
from benhan.proof.index_page import index_page

FORMAT = "benhan.manifest/1"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same package gives the same zip; times are inside the manifests


@dataclass(frozen=True)
class SealedVolume:
    """One sealed volume: its manifest, the signed page of it, and its files by the path the manifest gives.

    `files` may be a lazy mapping: each file is asked for once, in order, and not kept."""

    manifest: dict[str, Any]
    manifest_pdf: bytes
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Expected:
    """A file that a manifest promises: path in its volume and SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Package:
    """Everything that goes into a package; certificates and lists by plain name, without folder or ending."""

    volumes: Sequence[SealedVolume]
    certificates: Mapping[str, bytes] = field(default_factory=dict)
    crls: Mapping[str, bytes] = field(default_factory=dict)


def expected_files(manifest: dict[str, Any]) -> list[Expected]:
    """Every file a manifest promises, in order, each path once. Raises KeyError or TypeError on a wrong shape."""
    found: dict[str, str] = {}
    for entry in manifest["documents"]:
        found.setdefault(str(entry["file"]), str(entry["sha256"]))
        found.setdefault(str(entry["json"]), str(entry["content_sha256"]))
        for confirmation in entry["confirmations"]:
            found.setdefault(str(confirmation["file"]), str(confirmation["shown_pdf_sha256"]))
    return [Expected(path, digest) for path, digest in found.items()]


def write_package(target: Path, package: Package) -> Path:
    """Write a package to a new directory, or a .zip file when `target` ends so; whole or not at all.

    Every file is compared with its manifest while writing: what was sealed and what lies in the store must be the same.
    Refused (`package_damaged`) names the file; Conflict when the target exists."""
    if target.exists():
        raise Conflict(f"Đã có {target.name}; hãy chọn nơi khác", code="target_exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".package-"))
    try:
        made = scratch / "package"
        if target.suffix.lower() == ".zip":
            _write_zip(made, package)
        else:
            _write_directory(made, package)
        os.replace(made, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def package_files(package: Package) -> Iterator[tuple[str, bytes]]:
    """Every file of a package with its bytes, checked against the manifests."""
    yield "index.html", index_page([v.manifest for v in package.volumes])
    for name, data in sorted(package.certificates.items()):
        yield f"certs/{name}.cer", data
    for name, data in sorted(package.crls.items()):
        yield f"evidence/{name}.crl", data
    for volume in package.volumes:
        folder = f"volume-{volume.manifest['volume']}"
        yield f"{folder}/manifest.json", canonical(volume.manifest)
        yield f"{folder}/manifest.pdf", volume.manifest_pdf
        for expected in expected_files(volume.manifest):
            yield f"{folder}/{expected.path}", _checked(volume, expected)


def _checked(volume: SealedVolume, expected: Expected) -> bytes:
    try:
        data = volume.files[expected.path]
    except KeyError as error:
        raise Refused(f"Thiếu tệp {expected.path} đã ghi trong danh mục", code="package_damaged") from error
    if sha256_hex(data) != expected.sha256:
        raise Refused(f"Tệp {expected.path} khác với danh mục đã niêm phong", code="package_damaged")
    return data


def _write_directory(root: Path, package: Package) -> None:
    for path, data in package_files(package):
        target = root / _safe(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _write_zip(target: Path, package: Package) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for path, data in package_files(package):
            info = zipfile.ZipInfo(_safe(path), ZIP_TIME)
            info.external_attr = 0o644 << 16
            # A signed PDF is compressed already; packing it again would cost time and save little.
            info.compress_type = zipfile.ZIP_STORED if path.endswith(".pdf") else zipfile.ZIP_DEFLATED
            file.writestr(info, data)


def _safe(path: str) -> str:
    if not is_safe_path(path):
        raise Refused(f"Tên tệp không hợp lệ trong gói: {path[:80]}", code="package_path")
    return path
