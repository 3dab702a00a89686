"""Definitions the facility makes: being written, then published and never edited again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from benhan.kernel.identifiers import new_id

KINDS = {"form": "Mẫu riêng của cơ sở", "addition": "Mục thêm vào mẫu của Bộ"}


class OwnForm(models.Model):
    """One definition of the facility. While it is a draft its text may change; once published, text, day and what was read
    from it stay: documents are shown and printed by it for ever (FRM-02). A change is a new one with a later day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=list(KINDS.items()))
    code = models.CharField(max_length=60, help_text="of an addition: the official form it adds to")
    name = models.CharField(max_length=255)
    text = models.TextField(help_text="the definition as written (YAML)")
    definition = models.TextField(blank=True, help_text="canonical JSON with blocks and lists put in, when published")
    valid_from = models.DateField(null=True)
    edited_at = models.DateTimeField()
    edited_by_name = models.CharField(max_length=255)
    published_at = models.DateTimeField(null=True)
    published_by_name = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["name", "-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], condition=Q(published_at__isnull=False), name="formbook_one_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
