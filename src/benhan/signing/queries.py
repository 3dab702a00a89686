"""Reads of signing: who may fill which place, and what waits for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from benhan.access.actors import Actor
from benhan.facility import queries as facility
from benhan.law import registry
from benhan.signing.models import Confirmation, Signature, SignatureRequest

SIGNS_EVERYWHERE = frozenset({"director"})
QUEUE_ROWS_MAX = 200


def positions_for(role: str) -> list[str]:
    """Staff positions that may fill a signing role: the facility's regulation, else the law's matrix (SIG-13)."""
    default = registry.signer_roles().get(role, {}).get("positions", [])
    return list(facility.setting(f"signing.positions.{role}", default))


def may_fill(position: str, role: str) -> bool:
    """May somebody in this position fill a place of this role?"""
    return position in positions_for(role)


def roles_of(actor: Actor) -> list[str]:
    """All signing roles the actor may fill."""
    return [role for role in registry.signer_roles() if may_fill(actor.position, role)]


def waiting_for(actor: Actor) -> QuerySet[SignatureRequest]:
    """What waits for this person's signature: assigned to them, or open to their role in their departments."""
    open_to_me = Q(assigned__isnull=True, role__in=roles_of(actor))
    if actor.position not in SIGNS_EVERYWHERE:
        open_to_me &= Q(department_id__in=actor.department_ids)
    rows = SignatureRequest.objects.filter(request_state="ready", kind="staff")
    return rows.filter(Q(assigned_id=actor.staff_id) | open_to_me).order_by("created_at", "pk")


def requests_of(version_id: UUID) -> list[SignatureRequest]:
    """All places to sign of a version, in order."""
    return list(
        SignatureRequest.objects.select_related("assigned").filter(version_id=version_id).order_by("order", "pk")
    )


def signatures_of(version_id: UUID) -> list[Signature]:
    """The signatures of a version, in the order they were made."""
    return list(Signature.objects.select_related("certificate").filter(version_id=version_id).order_by("seq"))


def last_signature(version_id: UUID) -> Signature | None:
    """The newest signature of a version: its file is the signed document."""
    return Signature.objects.filter(version_id=version_id).order_by("-seq").first()


def confirmations_of(version_id: UUID) -> list[Confirmation]:
    """The confirmations of a version."""
    return list(Confirmation.objects.filter(version_id=version_id).order_by("confirmed_at"))


def evidence(confirmation: Confirmation) -> dict[str, Any]:
    """The evidence of a confirmation as it goes inside the signed file (R-79)."""
    c = confirmation
    return {
        "format": "benhan.confirmation/1",
        "id": str(c.pk),
        "position": c.position_id,
        "person_name": c.person_name,
        "relation": c.relation,
        "unable_reason": c.unable_reason,
        "identity_document": c.identity_document,
        "checked_by": c.checked_by_name,
        "method": c.method,
        "content_sha256": c.payload_hash,
        "shown_pdf_sha256": c.shown_pdf,
        "mark_svg_path": c.mark,
        "mark_sha256": c.mark_hash,
        "device": c.device,
        "address": c.address,
        "confirmed_at": c.confirmed_at.isoformat(),
    }
