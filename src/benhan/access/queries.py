"""Reads of accounts."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from benhan.access.models import Account
from benhan.kernel.errors import NotFound


def accounts() -> QuerySet[Account]:
    """All accounts with their people and roles, by name."""
    return (
        Account.objects.select_related("staff__department")
        .prefetch_related("assignments__department")
        .order_by("username")
    )


def account(account_id: UUID) -> Account:
    """One account."""
    found = accounts().filter(pk=account_id).first()
    if found is None:
        raise NotFound("Không có tài khoản này")
    return found
