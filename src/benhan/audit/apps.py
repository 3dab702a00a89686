"""The log as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The tamper-evident log."""

    name = "benhan.audit"
    label = "audit"
