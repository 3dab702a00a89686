"""Tables of imports: runs, episodes taken over, problems told."""

from __future__ import annotations

from django.db import models

from benhan.kernel.identifiers import new_id


class ImportRun(models.Model):
    """One import: its files, how far it is, what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=64, blank=True, help_text="digest of an uploaded file in the blob store")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=255)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if self.finished_at else (100 * self.done // self.total if self.total else 0)


class ImportedEpisode(models.Model):
    """An episode that was taken over: by MA_LK and facility, with the fingerprint of its content."""

    link_code = models.CharField(max_length=100)
    facility_code = models.CharField(max_length=5)
    content_sha256 = models.CharField(max_length=64)
    source_file = models.CharField(max_length=255)
    source_sha256 = models.CharField(max_length=64)
    is_check_in = models.BooleanField(default=False, help_text="so far only the check-in table has come")
    document_id = models.UUIDField()
    record_id = models.UUIDField()
    imported_at = models.DateTimeField()

    class Meta:
        unique_together = [("facility_code", "link_code")]


class ImportedContent(models.Model):
    """Every content an episode has ever had: none of them, met again, makes a new version."""

    episode = models.ForeignKey(ImportedEpisode, on_delete=models.CASCADE, related_name="contents")
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        unique_together = [("episode", "content_sha256")]


class ImportProblem(models.Model):
    """One line of the report. Holds places and reasons, no patient data."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    severity = models.CharField(max_length=8)
    file = models.CharField(max_length=255)
    table = models.CharField(max_length=20, blank=True)
    row = models.PositiveIntegerField(default=0)
    field = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=30)
    reason = models.CharField(max_length=500)
    link_code = models.CharField(max_length=100, blank=True)
