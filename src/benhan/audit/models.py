"""Tables of the log. Who is stored as plain values: the log stays true when accounts change (AUD-02)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AuditEvent(models.Model):
    """One event. Append-only by trigger; `hash` covers the row and the hash before it."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField()
    at = models.DateTimeField()
    account_id = models.CharField(max_length=36, blank=True)
    account_name = models.CharField(max_length=60, blank=True)
    person_name = models.CharField(max_length=255, blank=True)
    account_kind = models.CharField(max_length=10)
    roles = models.CharField(max_length=200, blank=True)
    source_ip = models.CharField(max_length=45, blank=True)
    source_port = models.IntegerField(null=True)
    device = models.CharField(max_length=120, blank=True)
    session = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    object_version = models.CharField(max_length=20, blank=True)
    patient_id = models.CharField(max_length=36, blank=True)
    record_id = models.CharField(max_length=36, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    detail = models.TextField(default="{}")
    subjects = models.TextField(default="", blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["account_id", "seq"], name="audit_event_account"),
            models.Index(fields=["record_id", "seq"], name="audit_event_record", condition=~Q(record_id="")),
            models.Index(fields=["action", "seq"], name="audit_event_action"),
            models.Index(fields=["outcome", "seq"], name="audit_event_not_ok", condition=~Q(outcome="ok")),
        ]


class AuditEventSubject(models.Model):
    """Which patients' data an event showed or changed: the index behind "who has seen this patient"."""

    id = models.BigAutoField(primary_key=True)
    patient_id = models.CharField(max_length=36)
    seq = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["patient_id", "seq"], name="audit_subject_patient")]


class AuditHead(models.Model):
    """The end of the chain: one row, locked while events are appended. It only grows (trigger)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    frontier = models.TextField(blank=True)


class TreeHead(models.Model):
    """A signed Merkle tree head (RFC 9162): fixes everything up to `size`. Also written to the anchor file."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)
