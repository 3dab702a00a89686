"""Tables of the archive: what was backed up, and when a copy was last proven."""

from __future__ import annotations

from django.db import models


class BackupRun(models.Model):
    """One back-up, restore or proof of a copy."""

    kind = models.CharField(
        max_length=8, choices=[("backup", "Sao lưu"), ("restore", "Khôi phục"), ("prove", "Thử khôi phục")]
    )
    path = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    succeeded = models.BooleanField()
    detail = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
