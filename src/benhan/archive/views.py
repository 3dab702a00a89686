"""Download of the package of a sealed record."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from benhan.access.web import actor_of, route
from benhan.archive import packages
from benhan.archive.models import BackupRun
from benhan.audit import services as audit
from benhan.kernel.errors import Refused
from benhan.proof.package import write_package
from benhan.records import queries as records
from benhan.records.models import MedicalRecord


@route("archive.record.export", load=records.record)
def download(request: HttpRequest, record: MedicalRecord) -> HttpResponse:
    """The package as one .zip."""
    seals = records.seals(record)
    if not seals:
        raise Refused("Hồ sơ chưa niêm phong nên chưa có gói để xuất", code="not_sealed")
    with tempfile.TemporaryDirectory() as folder:
        made = write_package(Path(folder) / f"{packages.file_name(record)}.zip", packages.package_of(record, seals))
        response = HttpResponse(made.read_bytes(), content_type="application/zip")
    audit.record(
        "archive.record.export.made",
        patient_id=record.patient_id,
        record_id=record.pk,
        detail={"by": actor_of(request).username},
    )
    response["Content-Disposition"] = f'attachment; filename="{packages.file_name(record)}.zip"'
    return response


@route("archive.backup.read")
def backups(request: HttpRequest) -> HttpResponse:
    """Age, size and place of the copies, and the last proven restore."""
    runs = BackupRun.objects.all()
    page = {
        "runs": runs[:50],
        "last": runs.filter(kind="backup", succeeded=True).first(),
        "proven": runs.filter(kind="prove", succeeded=True).first(),
    }
    return render(request, "archive/backups.html", page)
