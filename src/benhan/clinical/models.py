"""The table of what documents mean. Derived: may be thrown away and built again."""

from __future__ import annotations

from django.db import models


class ClinicalFact(models.Model):
    """One meaning found in the newest version of a document that is not cancelled."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, help_text="condition, observation, medication, allergy, result, …")
    patient_id = models.UUIDField()
    record_id = models.UUIDField(db_index=True)
    document_id = models.UUIDField(db_index=True)
    path = models.CharField(max_length=120)
    code = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=40, blank=True)
    display = models.CharField(max_length=1024, blank=True)
    text_value = models.TextField(blank=True)
    number_value = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=40, blank=True)
    clinical_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient_id", "kind", "clinical_at"])]
