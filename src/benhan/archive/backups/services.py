"""Verbs of back-ups: `backup`, `restore`, `prove`."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from benhan import __version__
from benhan.archive.backups import database
from benhan.archive.backups.sealed_stream import SealedReader, SealedWriter
from benhan.archive.models import BackupRun
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import Refused, SaysNo, Unavailable

FORMAT = "benhan.backup/1"
FOLDERS = ("keys", "anchors", "blobs")
MANIFEST = "manifest.json"
NOT_WRITABLE = {
    errno.ENOSPC: "đĩa đầy",
    errno.EDQUOT: "hết hạn mức đĩa",
    errno.EFBIG: "tệp quá lớn cho ổ đĩa này",
    errno.EACCES: "không có quyền ghi",
    errno.EPERM: "không có quyền ghi",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EEXIST: "không phải thư mục",
    errno.ENOTDIR: "không phải thư mục",
}
PROVE_SECONDS_MAX = 6 * 3600
_SAFE = re.compile(r"^(database/[\w.-]+|(keys|anchors|blobs)/[\w./-]+|manifest\.json)$")


@dataclass(frozen=True)
class Copy:
    """A back-up that was written."""

    path: Path
    manifest: dict[str, Any]
    sha256: str
    size: int


def backup(folder: Path, passphrase: str) -> Copy:
    """Write one dated, encrypted file into `folder`, while people work. The database is copied first, the signed files
    after it, so every file a row names is in the copy. The name appears only when the file is whole."""
    started = clock.now()
    target = folder / f"benhan-{started:%Y%m%d-%H%M%S}-{uuid4().hex[:4]}.backup"
    growing = target.with_suffix(".writing")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with growing.open("xb") as file:
            writer = SealedWriter(file, passphrase)
            manifest = _write(writer, started)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        os.replace(growing, target)
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        raise Unavailable(f"Không ghi được bản sao lưu vào {folder}: {NOT_WRITABLE[error.errno]}") from error
    finally:
        with suppress(OSError):
            growing.unlink(missing_ok=True)
    copy = Copy(target, manifest, _sha256(target), target.stat().st_size)
    _note("backup", copy.path, started, copy=copy)
    return copy


def _write(writer: SealedWriter, started: datetime) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="benhan-") as scratch, tarfile.open(fileobj=writer, mode="w|") as tar:
        rows = database.dump(Path(scratch))
        for path in sorted(Path(scratch).iterdir()):
            _add(tar, path, f"database/{path.name}", files)
        for name in FOLDERS:
            root = settings.BENHAN_HOME / name
            for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.name.startswith(".")):
                _add(tar, path, f"{name}/{path.relative_to(root).as_posix()}", files)
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "database": connection.vendor,
            "made_at": started.isoformat(),
            "rows": rows,
            "files": files,
        }
        data = json.dumps(manifest, sort_keys=True).encode("utf-8")
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return manifest


def _add(tar: tarfile.TarFile, path: Path, name: str, files: dict[str, dict[str, Any]]) -> None:
    data = path.read_bytes() if path.stat().st_size < 64 * 1024 * 1024 else None
    info = tarfile.TarInfo(name)
    info.size = len(data) if data is not None else path.stat().st_size
    info.mode = 0o600
    files[name] = {"size": info.size, "sha256": hashlib.sha256(data).hexdigest() if data is not None else _sha256(path)}
    if data is not None:
        tar.addfile(info, io.BytesIO(data))
    else:
        with path.open("rb") as file:
            tar.addfile(info, file)


def restore(copy: Path, passphrase: str) -> dict[str, Any]:
    """Bring a copy back into an empty installation: everything is unpacked and checked aside first, then put in place.

    Refused when the installation is in use, when the copy is cut or altered, and when anything in it differs from its
    manifest; then nothing was touched."""
    started = clock.now()
    if not database.is_empty():
        raise Refused("Nơi khôi phục đã có dữ liệu; chỉ khôi phục vào bản cài đặt trống", code="not_empty")
    with tempfile.TemporaryDirectory(dir=settings.BENHAN_HOME, prefix=".restore-") as scratch:
        manifest = unpack(copy, passphrase, Path(scratch))
        for name in FOLDERS:
            _put_in_place(Path(scratch) / name, settings.BENHAN_HOME / name)
        database.load(Path(scratch) / "database")
    missing = {t: n for t, n in manifest["rows"].items() if database.counts().get(t) != n}
    if missing:
        raise Refused(
            f"Sau khi khôi phục, số dòng khác với bản sao lưu: {', '.join(sorted(missing)[:5])}", code="rows_differ"
        )
    _note("restore", copy, started, detail=f"từ bản {manifest['made_at']}")
    return manifest


def unpack(copy: Path, passphrase: str, into: Path) -> dict[str, Any]:
    """Decrypt and check a copy into a folder; returns its manifest."""
    with copy.open("rb") as file:
        reader = SealedReader(file, passphrase)
        try:
            with tarfile.open(fileobj=reader, mode="r|") as tar:
                for member in tar:
                    _take(tar, member, into)
        except tarfile.TarError as error:
            raise Refused("Nội dung bản sao lưu hỏng", code="backup_altered") from error
        reader.assert_whole()
    return _checked_manifest(into)


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    if not member.isfile() or not _SAFE.match(member.name) or ".." in member.name:
        raise Refused("Bản sao lưu chứa tên tệp lạ", code="backup_altered")
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = tar.extractfile(member)
    assert source is not None  # a file has content
    with target.open("wb") as file:
        while block := source.read(1024 * 1024):
            file.write(block)
    target.chmod(0o600)


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise Refused("Bản sao lưu của phiên bản khác, không đọc được", code="backup_format")
        expected = {str(name): str(told["sha256"]) for name, told in manifest["files"].items()}
        _ = dict(manifest["rows"]), manifest["made_at"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("Bản sao lưu không có danh mục", code="backup_altered") from error
    actual = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    if actual != set(expected):
        raise Refused("Danh mục và nội dung của bản sao lưu khác nhau", code="backup_altered")
    for name, digest in expected.items():
        if _sha256(folder / name) != digest:
            raise Refused(f"Tệp {name} trong bản sao lưu đã bị sửa", code="backup_altered")
    return manifest


def _put_in_place(source: Path, target: Path) -> None:
    if not source.exists():
        return
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, place)


def prove(folder: Path, passphrase: str) -> BackupRun:
    """Prove the newest copy: restore it into a scratch installation, compare every row count and hash, and walk the
    log there (BKP-03). The result is kept and shown; a copy that does not come back is told loudly."""
    started = clock.now()
    copies = sorted(folder.glob("benhan-*.backup"))
    if not copies:
        raise Refused(f"Không có bản sao lưu nào trong {folder}", code="no_copy")
    newest = copies[-1]
    with tempfile.TemporaryDirectory(prefix="benhan-prove-") as scratch:
        environment = {
            **os.environ,
            "BENHAN_HOME": scratch,
            "BENHAN_BACKUP_PASSPHRASE": passphrase,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        scratch_database = _scratch_database(environment)
        try:
            detail = _run(["restore", str(newest)], environment) or _run(["audit", "verify"], environment)
        finally:
            _drop(scratch_database)
    return _note(
        "prove",
        newest,
        started,
        succeeded=not detail,
        detail=detail or "khôi phục được, số dòng và mã băm khớp, nhật ký nguyên vẹn",
    )


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    """Run one of our own commands elsewhere; returns what went wrong, or an empty text."""
    command = [sys.executable, "-c", "from benhan.cli import main; main()", *arguments]
    done = subprocess.run(  # noqa: S603 - our own command and paths, no shell
        command, env=environment, capture_output=True, text=True, timeout=PROVE_SECONDS_MAX, check=False
    )
    return "" if done.returncode == 0 else f"{arguments[0]}: {(done.stderr or done.stdout).strip()[-300:]}"


def _scratch_database(environment: dict[str, str]) -> str:
    if connection.vendor == "sqlite":
        environment.pop("BENHAN_DATABASE_URL", None)
        return ""
    name = f"benhan_prove_{uuid4().hex[:10]}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    environment["BENHAN_DATABASE_URL"] = os.environ["BENHAN_DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    return name


def _drop(name: str) -> None:
    if name:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _note(
    kind: str, path: Path, started: datetime, *, copy: Copy | None = None, succeeded: bool = True, detail: str = ""
) -> BackupRun:
    with audit.unit_of_work("archive.backup"):
        run = BackupRun.objects.create(
            kind=kind,
            path=str(path)[-500:],
            sha256=copy.sha256 if copy else "",
            size=copy.size if copy else 0,
            rows=sum(copy.manifest["rows"].values()) if copy else 0,
            files=len(copy.manifest["files"]) if copy else 0,
            succeeded=succeeded,
            detail=detail[:500],
            started_at=started,
            finished_at=clock.now(),
        )
        audit.record(
            f"archive.backup.{kind}",
            outcome="ok" if succeeded else "failed",
            object_type="backup",
            object_id=path.name[:80],
        )
    return run


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            digest.update(block)
    return digest.hexdigest()


def duty(now: datetime) -> str | None:
    """The scheduled run: once a day, when the operator named a folder and a passphrase; returns what was done."""
    folder, passphrase = os.environ.get("BENHAN_BACKUP_DIR"), os.environ.get("BENHAN_BACKUP_PASSPHRASE")
    if not folder or not passphrase:
        return None
    last = BackupRun.objects.filter(kind="prove").first()
    if last is not None and (now - last.started_at).total_seconds() < 24 * 3600:
        return None
    try:
        backup(Path(folder), passphrase)
        return "proven" if prove(Path(folder), passphrase).succeeded else "not proven"
    except (SaysNo, OSError, subprocess.SubprocessError) as error:
        _note("prove", Path(folder), now, succeeded=False, detail=str(error)[:300])
        return "failed"
