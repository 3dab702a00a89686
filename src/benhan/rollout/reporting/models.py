"""Table of reports that were made."""

from __future__ import annotations

from django.db import models


class SentReport(models.Model):
    """A signed report: its serial, its bytes in the blob store, and what the department answered."""

    serial = models.PositiveIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    payload = models.CharField(max_length=64)
    by_name = models.CharField(max_length=255)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    accepted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-serial"]
