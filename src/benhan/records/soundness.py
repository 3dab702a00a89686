"""Is what is about to be sealed still what was written and signed? Asked at the border, because a seal vouches for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from benhan.kernel.blobs import BlobDamaged
from benhan.kernel.canonical import sha256_hex
from benhan.kernel.errors import Refused
from benhan.records import queries
from benhan.records.models import DocumentVersion, Volume
from benhan.signing.models import Confirmation, Signature, SignatureRequest

TITLES_SHOWN = 5


def assert_sound(volume: Volume) -> None:
    """Refuse to seal a volume in which a content, a signed file or a place to sign no longer agrees with the others: the
    database or the store was changed past the house, or a disk forgot. Better now than before a court."""
    titles = list(dict.fromkeys(_faulty(volume)))
    if titles:
        named = "; ".join(f"“{t}”" for t in titles[:TITLES_SHOWN])
        raise Refused(
            f"Không niêm phong được: {named} không còn khớp với bản đã ghi hoặc đã ký. Báo quản trị hệ thống kiểm tra.",
            code="not_sound",
            law="R-24",
        )


def _faulty(volume: Volume) -> Iterator[str]:
    """Titles of documents with a fault, in order."""
    signatures: dict[UUID, list[Signature]] = defaultdict(list)
    for signature in Signature.objects.filter(volume_id=volume.pk).order_by("seq"):
        signatures[signature.version_id].append(signature)
    unfilled = _unfilled(volume)
    before: dict[UUID, str] = {}
    rows = DocumentVersion.objects.filter(document__volume=volume).select_related("document")
    for version in rows.order_by("document_id", "version_no").iterator(chunk_size=200):
        chained = version.previous_hash == before.get(version.document_id, "")
        before[version.document_id] = version.payload_hash
        sound = chained and _is_sound(version, signatures[version.pk])
        if not sound or (version.pk in unfilled and version.version_no == version.document.version_no):
            yield version.document.title


def _is_sound(version: DocumentVersion, signatures: list[Signature]) -> bool:
    if sha256_hex(version.payload.encode("utf-8")) != version.payload_hash:
        return False
    if any(s.payload_hash != version.payload_hash for s in signatures):
        return False
    try:
        return not signatures or bool(queries.files().get(signatures[-1].pdf))  # checked against its name when read
    except (BlobDamaged, FileNotFoundError):
        return False


def _unfilled(volume: Volume) -> set[UUID]:
    """Versions with a needed place that is open, or filled in name only. The state shown in lists is a copy that anybody
    with the database may write; here the signatures themselves count."""
    active = volume.documents.filter(document_state="active", source="").values("pk")
    filled = {(s.version_id, s.position_id) for s in Signature.objects.filter(volume_id=volume.pk)}
    filled |= {(c.version_id, c.position_id) for c in Confirmation.objects.filter(volume_id=volume.pk)}
    requests = SignatureRequest.objects.filter(document_id__in=active)
    return {
        r.version_id
        for r in requests
        if (r.version_id, r.position_id) not in filled and (r.required or r.request_state == "done")
    }
