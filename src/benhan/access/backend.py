"""Django's authentication backend over our accounts: password only, no permissions of Django's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from benhan.access.models import Account


class AccountBackend(BaseBackend):
    """Looks accounts up for sessions. Passwords are checked in `services.log_in`, which also throttles."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Never authenticates by itself: every log-in goes through `services.log_in`."""
        return

    def get_user(self, user_id: UUID) -> Account | None:
        """Return an active account, with its staff and roles in three queries."""
        return (
            Account.objects.select_related("staff")
            .prefetch_related("assignments")
            .filter(pk=user_id, is_active=True)
            .first()
        )
