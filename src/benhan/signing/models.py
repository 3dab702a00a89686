"""Tables of signing. Documents are known by id and hash only: the rooms of the record live above."""

from __future__ import annotations

from django.db import models

from benhan.facility.models import Staff
from benhan.kernel.identifiers import new_id


class Certificate(models.Model):
    """A certificate of the facility's authority, its seal, or a member of staff."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(
        max_length=10, choices=[("authority", "CA nội bộ"), ("seal", "Con dấu số"), ("staff", "Nhân viên")]
    )
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="certificates")
    serial = models.CharField(max_length=64)
    subject = models.CharField(max_length=500)
    issuer = models.CharField(max_length=500)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    der = models.BinaryField()
    chain = models.BinaryField(default=b"", help_text="PEM of the certificates above")
    origin = models.CharField(max_length=10, choices=[("internal", "CA nội bộ"), ("pkcs12", "CA công cộng, tệp .p12")])
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["staff", "-created_at"])]


class SigningKey(models.Model):
    """The private key of a certificate, locked by the person's PIN or by the house's own secret."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, primary_key=True, related_name="key")
    locked = models.BinaryField()
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)


class Revocation(models.Model):
    """A certificate of the facility's authority was revoked."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by_name = models.CharField(max_length=255)


class SignatureRequest(models.Model):
    """A place to sign on a document version. `is_ready` = it is this position's turn."""

    version_id = models.UUIDField()
    document_id = models.UUIDField()
    record_id = models.UUIDField()
    patient_id = models.UUIDField()
    title = models.CharField(max_length=255)
    department_id = models.UUIDField(null=True)
    position_id = models.CharField(max_length=60)
    label = models.CharField(max_length=255)
    role = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    order = models.PositiveSmallIntegerField()
    required = models.BooleanField()
    parallel = models.BooleanField(default=False)
    part = models.CharField(max_length=2, default="", blank=True, help_text="parts of a form are signed apart")
    assigned = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    request_state = models.CharField(
        max_length=10,
        choices=[
            ("later", "Phần này chưa viết"),
            ("waiting", "Chờ đến lượt"),
            ("ready", "Chờ ký"),
            ("done", "Đã ký"),
            ("carried", "Đã ký ở phiên bản trước"),
            ("withdrawn", "Đã rút"),
        ],
    )
    created_at = models.DateTimeField()

    class Meta:
        unique_together = [("version_id", "position_id")]
        indexes = [
            models.Index(fields=["request_state", "role", "department_id"]),
            models.Index(fields=["assigned", "request_state"]),
        ]


class Signature(models.Model):
    """One signature that was made, with the file as it stood after it. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version_id = models.UUIDField()
    document_id = models.UUIDField()
    record_id = models.UUIDField()
    volume_id = models.UUIDField()
    seq = models.PositiveSmallIntegerField()
    position_id = models.CharField(max_length=60)
    position_label = models.CharField(max_length=255)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    signer_name = models.CharField(max_length=255)
    signer_title = models.CharField(max_length=120)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    strength = models.CharField(max_length=120, help_text="SIG-02: what kind of mark this is in law")
    payload_hash = models.CharField(max_length=64)
    boxes = models.TextField(default="[]", help_text="places of all positions on the pages, for the next signer")
    pdf = models.CharField(max_length=64, help_text="digest in the blob store")
    pdf_bytes = models.PositiveIntegerField()
    signed_at = models.DateTimeField()

    class Meta:
        unique_together = [("version_id", "seq"), ("version_id", "position_id")]
        indexes = [models.Index(fields=["document_id"]), models.Index(fields=["record_id"])]


class Challenge(models.Model):
    """A one-time code shown to a patient beside exactly one frozen content. Used once, or expired."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version_id = models.UUIDField()
    position_id = models.CharField(max_length=60)
    code_hash = models.CharField(max_length=128)
    shown_pdf = models.CharField(max_length=64)
    payload_hash = models.CharField(max_length=64)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Confirmation(models.Model):
    """A patient or representative confirmed one version (R-79, PAT-03). Append-only, never used for another (R-80)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="confirmation")
    version_id = models.UUIDField()
    document_id = models.UUIDField()
    record_id = models.UUIDField()
    volume_id = models.UUIDField()
    position_id = models.CharField(max_length=60)
    person_name = models.CharField(max_length=255)
    relation = models.CharField(max_length=60)
    unable_reason = models.CharField(max_length=500, blank=True, help_text="PAT-06: why the patient does not confirm")
    identity_document = models.CharField(max_length=120)
    checked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    checked_by_name = models.CharField(max_length=255)
    method = models.CharField(max_length=120)
    payload_hash = models.CharField(max_length=64)
    shown_pdf = models.CharField(max_length=64)
    mark = models.TextField(blank=True, help_text="drawn strokes as SVG path data")
    mark_hash = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    confirmed_at = models.DateTimeField()

    class Meta:
        unique_together = [("version_id", "position_id")]
