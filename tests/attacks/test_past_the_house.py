"""Somebody who owns the database or the disk changes what was written before it is sealed."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from benhan.archive.backups import services as backups
from benhan.archive.backups.sealed_stream import MAGIC, SealedReader, SealedWriter
from benhan.kernel.errors import Refused
from benhan.records import closing, queries
from benhan.records.models import Document, DocumentVersion, Seal
from benhan.signing.models import Signature, SignatureRequest
from tests.flushing import unguarded
from tests.people import Cast
from tests.stories import closed

PASSPHRASE = "mot cum mat khau that dai"


def _blob() -> Path:
    return queries.files().path(Signature.objects.order_by("-seq").first().pdf)  # type: ignore[union-attr]


def _other_content() -> None:
    version = DocumentVersion.objects.get()
    DocumentVersion.objects.update(payload=version.payload.replace("Đào", "Mai"))


def _other_content_with_its_hash() -> None:
    from benhan.kernel.canonical import sha256_hex

    text = DocumentVersion.objects.get().payload.replace("Đào", "Mai")
    DocumentVersion.objects.update(payload=text, payload_hash=sha256_hex(text.encode()))


CHANGES: dict[str, Callable[[], object]] = {
    "other content": _other_content,
    "other content with a hash that fits": _other_content_with_its_hash,
    "a version that hides one before it": lambda: DocumentVersion.objects.update(previous_hash="0" * 64),
    "a signature is gone and the state still says signed": lambda: Signature.objects.order_by("-seq").first().delete(),  # type: ignore[union-attr]
    "all signatures are gone": lambda: Signature.objects.all().delete(),
    "signed in name only": lambda: (
        Signature.objects.all().delete(), SignatureRequest.objects.update(required=False, request_state="done"),
    ),
    "the signed file is gone": lambda: _blob().unlink(),
    "the signed file is cut": lambda: _blob().write_bytes(_blob().read_bytes()[:-10]),
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", CHANGES)
def test_a_record_changed_past_the_house_is_not_sealed(cast: Cast, name: str) -> None:
    """The seal would vouch for it for thirty years, and the package would prove it false."""
    record = closed(cast)
    with unguarded():
        CHANGES[name]()
    with pytest.raises(Refused) as no:
        closing.seal(record, actor=cast.planning)
    assert no.value.code == "not_sound"
    assert not Seal.objects.exists()
    assert Document.objects.get().signature_state == "signed", "the copy shown in lists was no help"
    assert connection.vendor in ("sqlite", "postgresql")


def stream(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A back-up with the right passphrase and the wrong contents."""
    out = io.BytesIO()
    writer = SealedWriter(out, PASSPHRASE)
    with tarfile.open(fileobj=writer, mode="w|") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    writer.finish()
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "info",
    [
        member("../../outside"), member("/etc/outside"), member("blobs/../../outside"), member("blobs\\..\\outside"),
        member("blobs/x", tarfile.SYMTYPE, "/etc/passwd"), member("blobs/x", tarfile.LNKTYPE, "/etc/passwd"),
        member("blobs/x", tarfile.CHRTYPE), member("blobs/x", tarfile.FIFOTYPE), member("blobs", tarfile.DIRTYPE),
    ],
)  # fmt: skip
def test_a_copy_writes_nothing_outside_and_makes_no_links(tmp_path: Path, info: tarfile.TarInfo) -> None:
    into = tmp_path / "into"
    into.mkdir()
    copy = tmp_path / "x.backup"
    copy.write_bytes(stream((info, b"")))
    with pytest.raises(Refused):
        backups.unpack(copy, PASSPHRASE, into)
    assert [p for p in tmp_path.rglob("*") if p not in (into, copy)] == []


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"null", b'"x"', b"\xff", b"{}", b'{"format": 1, "files": []}', b'{"format": "benhan.backup/9", "files": {}}',
     b'{"format": "benhan.backup/1", "files": {"a": 1}}', b'{"format": "benhan.backup/1", "files": [1]}', b"[" * 100_000],
)  # fmt: skip
def test_a_list_of_contents_of_any_shape_is_refused_in_words(tmp_path: Path, manifest: bytes) -> None:
    copy = tmp_path / "x.backup"
    copy.write_bytes(stream((member(backups.MANIFEST), manifest)))
    (tmp_path / "into").mkdir()
    with pytest.raises(Refused):
        backups.unpack(copy, PASSPHRASE, tmp_path / "into")


@pytest.mark.parametrize(
    "head",
    [b"", b"\n", b"[]\n", b"{}\n", b"null\n", b'{"salt": 1, "n": 2}\n', b'{"salt": "zz", "n": 32768}\n', b'{"salt": "00", "n": 3}\n',
     b'{"salt": "00", "n": -1}\n', b'{"salt": "00", "n": 1e999}\n', b"x" * 500],
)  # fmt: skip
def test_a_head_of_any_shape_is_refused_in_words(head: bytes) -> None:
    with pytest.raises(Refused):
        SealedReader(io.BytesIO(MAGIC + head), PASSPHRASE)
