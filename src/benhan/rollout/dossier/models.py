"""Tables of the dossier."""

from __future__ import annotations

import json

from django.db import models

from benhan.facility.models import Staff
from benhan.kernel.identifiers import new_id
from benhan.signing.models import Certificate

ORIGINS = {"made": "Lập trên hệ thống", "outside": "Ký bên ngoài, đưa vào"}


class DossierPaper(models.Model):
    """One paper as it was made: data, DOCX and PDF by digest in the blob store. `issued_at`: every place is signed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, db_index=True)
    number = models.CharField(max_length=60)
    day = models.DateField()
    title = models.CharField(max_length=255)
    origin = models.CharField(max_length=10, choices=list(ORIGINS.items()), default="made")
    places = models.TextField(default="[]", help_text="places to sign, in order: id, label, who")
    boxes = models.TextField(default="[]")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="of the settings the words were made from")
    docx = models.CharField(max_length=64, blank=True)
    pdf = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]

    @property
    def reference(self) -> str:
        """As other papers cite it."""
        return f"số {self.number} ngày {self.day:%d/%m/%Y}"

    @property
    def signing_places(self) -> list[dict[str, str]]:
        """Places to sign."""
        return list(json.loads(self.places))


class PaperSignature(models.Model):
    """A signature on a paper, with the file as it stood after it. Append-only."""

    paper = models.ForeignKey(DossierPaper, on_delete=models.PROTECT, related_name="signatures")
    place = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    signer_name = models.CharField(max_length=255)
    signer_title = models.CharField(max_length=120)
    pdf = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        unique_together = [("paper", "place")]
        ordering = ["pk"]
