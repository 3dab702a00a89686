"""The package of a sealed record: everything needed to read and prove it with our server switched off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from benhan.access import gate
from benhan.access.actors import Actor, system_actor
from benhan.audit import services as audit
from benhan.kernel.errors import Refused
from benhan.proof.package import Package, SealedVolume, write_package
from benhan.records import queries as records
from benhan.records.models import DocumentVersion, MedicalRecord, Seal
from benhan.signing import certificates
from benhan.signing.models import Certificate, Signature


class _VolumeFiles(Mapping[str, bytes]):
    """The files of a volume by the path its manifest gives, read from the store one at a time."""

    def __init__(self, manifest: dict[str, object]) -> None:
        self._digests: dict[str, str] = {}
        self._versions: dict[str, tuple[str, int]] = {}
        for entry in manifest["documents"]:  # type: ignore[attr-defined]  # a list of entries, see records.manifest
            self._versions[entry["json"]] = (entry["document_id"], entry["version_no"])
            if entry["file"] != entry["json"]:
                self._digests[entry["file"]] = entry["sha256"]
            for confirmation in entry["confirmations"]:
                self._digests[confirmation["file"]] = confirmation["shown_pdf_sha256"]

    def __getitem__(self, path: str) -> bytes:
        if path in self._digests:
            return records.files().get(self._digests[path])
        document_id, number = self._versions[path]
        return DocumentVersion.objects.get(document_id=document_id, version_no=number).payload.encode("utf-8")

    def __iter__(self) -> Iterator[str]:
        yield from (*self._versions, *self._digests)

    def __len__(self) -> int:
        return len(self._versions) + len(self._digests)


def export(record: MedicalRecord, target: Path, *, actor: Actor | None = None) -> Path:
    """Write the package of a sealed record to a new folder `NUMBER` below `target` (R-19, BKP-05, AUD-09).

    Refused when the record was never sealed: an open record has no manifest that could vouch for it."""
    who = actor or system_actor("xuất hồ sơ")
    gate.require(who, "archive.record.export", record)
    seals = records.seals(record)
    if not seals:
        raise Refused("Hồ sơ chưa niêm phong nên chưa có gói để xuất", code="not_sealed")
    written = write_package(target / file_name(record), package_of(record, seals))
    with audit.unit_of_work("archive.record.export"):
        audit.record(
            "archive.record.export",
            patient_id=record.patient_id,
            record_id=record.pk,
            detail={"seal": seals[-1].manifest_hash},
        )
    return written


def file_name(record: MedicalRecord) -> str:
    """The record's number as the name of a file: the facility's pattern may hold `/`, and `..` is a way out of a folder."""
    return re.sub(r"[^0-9a-zA-Z._-]+", "-", record.record_number).strip(".-") or str(record.pk)


def package_of(record: MedicalRecord, seals: list[Seal]) -> Package:
    """Gather what a package holds: volumes in order, the certificates of everybody who signed, the status list."""
    volumes = []
    for seal in seals:
        manifest = json.loads(seal.manifest)
        volumes.append(SealedVolume(manifest, records.files().get(seal.manifest_pdf), _VolumeFiles(manifest)))
    return Package(volumes, _certificates(record), {"authority": certificates.current_crl()})


def _certificates(record: MedicalRecord) -> dict[str, bytes]:
    signers = Signature.objects.filter(record_id=record.pk).values_list("certificate_id", flat=True).distinct()
    rows = Certificate.objects.filter(pk__in=list(signers)) | Certificate.objects.filter(kind__in=["authority", "seal"])
    found: dict[str, bytes] = {}
    for certificate in rows:
        found[f"{certificate.kind}-{certificate.serial[:16]}"] = bytes(certificate.der)
        for number, above in enumerate(certificates.chain_of(certificate)):
            if certificate.origin == "pkcs12":
                found[f"chain-{certificate.serial[:16]}-{number}"] = above
    return found
