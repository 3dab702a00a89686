"""Is what is about to be sealed still what was written and signed? Asked at the border, because a seal vouches for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from benhan.kernel.blobs import BlobDamaged
from benhan.kernel.canonical import sha256_hex
from benhan.kernel.errors import Refused
from benhan.records import parts, queries
from benhan.records.models import DocumentVersion, Volume
from benhan.records.payload import opened
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
    places, carried = _places(volume), _carried(volume)
    before: dict[UUID, str] = {}
    earlier: dict[UUID, list[DocumentVersion]] = defaultdict(list)
    rows = DocumentVersion.objects.filter(document__volume=volume).select_related("document")
    for version in rows.order_by("document_id", "version_no").iterator(chunk_size=200):
        chained = version.previous_hash == before.get(version.document_id, "")
        before[version.document_id] = version.payload_hash
        sound = chained and _is_sound(version, signatures[version.pk])
        if sound and (version.pk in carried or '"signed_parts"' in version.payload):
            body = opened(version)
            sound = not parts.faults(body, earlier[version.document_id], places)
            sound = sound and carried[version.pk] <= set(parts.signed_elsewhere(body))
        earlier[version.document_id].append(version)
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
    filled = _places(volume)
    requests = SignatureRequest.objects.filter(document_id__in=active)
    return {
        r.version_id
        for r in requests
        if (r.version_id, r.position_id) not in filled
        and (r.required or r.request_state == "done")
        and r.request_state != "carried"  # judged by the payload that names the earlier version, see parts.faults
    }


def _carried(volume: Volume) -> dict[UUID, set[str]]:
    """Places that are said to be signed in an earlier version. What the payload does not name was never carried."""
    found: dict[UUID, set[str]] = defaultdict(set)
    ids = volume.documents.values("pk")
    rows = SignatureRequest.objects.filter(document_id__in=ids, request_state="carried")
    for version_id, position_id in rows.values_list("version_id", "position_id"):
        found[version_id].add(position_id)
    return found


def _places(volume: Volume) -> set[tuple[UUID, str]]:
    """Versions and places with a signature or a confirmation."""
    filled = {(s.version_id, s.position_id) for s in Signature.objects.filter(volume_id=volume.pk)}
    return filled | {(c.version_id, c.position_id) for c in Confirmation.objects.filter(volume_id=volume.pk)}
