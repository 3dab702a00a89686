"""Tables of the exchange: what left, what came, refused ones too."""

from __future__ import annotations

from django.db import models

from benhan.kernel.identifiers import new_id
from benhan.records.models import MedicalRecord


class Export(models.Model):
    """A file that left: which record, who asked, why, and the hash of what was handed over. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, related_name="+")
    edition = models.CharField(max_length=20)
    payload = models.CharField(max_length=64, help_text="digest of the JSON in the blob store")
    asked_by = models.CharField(max_length=255)
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=255)


class Arrival(models.Model):
    """A file that came, kept as it was, with the answer. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=255)
    facility_code = models.CharField(max_length=5, blank=True, help_text="who sent it: the file itself does not say")
    admission = models.CharField(max_length=60, blank=True, help_text="sovaovien of the file")
    document_id = models.UUIDField(null=True, help_text="the imported paper")
    stored_as = models.CharField(max_length=64, db_index=True)
    came_at = models.DateTimeField()
    by_name = models.CharField(max_length=255)
    result = models.CharField(
        max_length=10, choices=[("taken", "Đã nhận"), ("same", "Đã có, không đổi"), ("refused", "Từ chối")]
    )
    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, null=True, related_name="+")
    faults = models.TextField(default="[]", help_text="place, code, what is wrong")

    class Meta:
        ordering = ["-came_at"]
