"""Tables of the record. Versions, marks, events and seals are append-only: triggers refuse UPDATE and DELETE, and
refuse every write to a sealed volume, whoever asks (migrations/0002)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from benhan.facility.models import Department, Staff
from benhan.kernel.identifiers import new_id
from benhan.law import registry
from benhan.patients.models import Patient
from benhan.records.lifecycle import EVENTS, OPEN, RECORD_STATES

ENCOUNTER_KINDS = {
    "examination": "Khám bệnh",
    "outpatient": "Điều trị ngoại trú",
    "inpatient": "Điều trị nội trú",
    "day": "Điều trị ban ngày",
    "emergency": "Cấp cứu",
}
MEDIA = {"electronic": "Điện tử", "paper": "Giấy", "mixed": "Giấy và điện tử", "imported": "Nhập từ hệ thống khác"}
SIGNATURE_STATES = {"none": "Không cần ký", "unsigned": "Chưa ký", "partly": "Ký một phần", "signed": "Đã ký"}
DOCUMENT_STATES = {"active": "Có hiệu lực", "cancelled": "Đã hủy"}


class Encounter(models.Model):
    """One visit or stay (lượt khám, đợt điều trị)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    kind = models.CharField(max_length=20, choices=list(ENCOUNTER_KINDS.items()))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    attending = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    room = models.CharField(max_length=50, blank=True)
    bed = models.CharField(max_length=50, blank=True)
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    discharge_result = models.CharField(max_length=2, blank=True, help_text="ket_qua_dtri")
    discharge_type = models.CharField(max_length=2, blank=True, help_text="ma_loai_rv")
    source = models.CharField(max_length=40, blank=True, help_text="empty = made here; 'bhyt' = imported")
    link_code = models.CharField(max_length=100, blank=True, help_text="MA_LK, fixed for life (EXC-09)")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-started_at"]), models.Index(fields=["department", "ended_at"])]


class DepartmentStay(models.Model):
    """Which department had the patient, from when to when."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="stays")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)


class CareTeamMember(models.Model):
    """A person assigned to care for this stay (care relation, ACC-02)."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="care_team")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "to_at"])]


class MedicalRecord(models.Model):
    """A medical record (hồ sơ bệnh án) of one encounter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="record")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="records")
    record_type = models.CharField(max_length=60, help_text="code of law/record_types")
    record_number = models.CharField(max_length=60, unique=True)
    admission_number = models.CharField(max_length=60, unique=True, null=True)
    archive_number = models.CharField(max_length=60, unique=True, null=True)
    medium = models.CharField(max_length=12, choices=list(MEDIA.items()), default="electronic")
    record_state = models.CharField(max_length=14, choices=list(RECORD_STATES.items()), default=OPEN, db_index=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    attending = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(db_index=True)
    discharged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    document_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-opened_at"]),
            models.Index(fields=["department", "record_state", "-opened_at"]),
            models.Index(fields=["record_state", "-opened_at"], name="records_by_state"),
            models.Index(fields=["record_state", "medium", "-opened_at"], name="records_by_state_medium"),
        ]

    def __str__(self) -> str:
        return self.record_number

    @property
    def person(self) -> Patient:
        """Whom this record is about, as known now: the surviving patient when the copy it was opened for was merged."""
        return self.patient.living


class RecordEvent(models.Model):
    """What happened to a record: opened, discharged, closed, sealed… Append-only."""

    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=20)
    from_state = models.CharField(max_length=14, blank=True)
    to_state = models.CharField(max_length=14)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    clinical_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    @property
    def event_name(self) -> str:
        """What happened, in Vietnamese."""
        return {"open": "mở hồ sơ", "import": "nhập từ hệ thống khác"}.get(self.event) or EVENTS.get(
            self.event, self.event
        )


class Volume(models.Model):
    """A part of a record that is sealed as one: volume 1 is the record, later ones are supplements (bổ sung)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, related_name="volumes")
    no = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        unique_together = [("record", "no")]


class Document(models.Model):
    """A paper of the record (giấy, phiếu, tờ). Its content lies in versions; the columns here are for lists."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, related_name="documents")
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="documents")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    order_no = models.PositiveIntegerField()
    form_code = models.CharField(max_length=60)
    title = models.CharField(max_length=255)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=255)
    author_title = models.CharField(max_length=120, blank=True)
    version_no = models.PositiveIntegerField(default=1)
    clinical_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    document_state = models.CharField(max_length=10, choices=list(DOCUMENT_STATES.items()), default="active")
    signature_state = models.CharField(max_length=10, choices=list(SIGNATURE_STATES.items()), default="unsigned")
    source = models.CharField(max_length=40, blank=True, help_text="empty = written here; 'bhyt' = imported")
    replies_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")

    class Meta:
        unique_together = [("record", "order_no")]
        indexes = [
            models.Index(fields=["record", "clinical_at", "order_no"]),
            models.Index(fields=["record", "form_code", "clinical_at"]),
            models.Index(fields=["recorded_at"], name="documents_by_recording"),  # what was written lately, house-wide
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One frozen version: `payload` is the canonical JSON that is hashed, signed and embedded. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    version_no = models.PositiveIntegerField()
    form_code = models.CharField(max_length=60)
    form_valid_from = models.DateField()
    form_hash = models.CharField(max_length=64)
    payload = models.TextField()
    payload_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=255)
    author_title = models.CharField(max_length=120)
    entered_by_name = models.CharField(max_length=255, blank=True, help_text="REC-09: who typed for the author")
    reason = models.TextField(blank=True)
    clinical_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    client_key = models.CharField(max_length=64, blank=True)
    source_file = models.CharField(max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        unique_together = [("document", "version_no")]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "client_key"], condition=~models.Q(client_key=""), name="one_version_per_client_key"
            ),
            # no clinical entry without author, title and server time
            models.CheckConstraint(
                condition=~models.Q(author_name="") & ~models.Q(author_title=""), name="author_named"
            ),
        ]


class DocumentMark(models.Model):
    """A mark on a document: cancelled (hủy) or restored (khôi phục), with a reason. Append-only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=10, choices=[("cancelled", "Hủy"), ("restored", "Khôi phục")])
    reason = models.TextField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=255)
    by_title = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()


class Draft(models.Model):
    """What somebody is typing. Not part of the record: it may change, be taken over by a save, or be thrown away."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey(MedicalRecord, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, null=True, related_name="+")
    replies_to = models.ForeignKey(Document, on_delete=models.CASCADE, null=True, related_name="+")
    form_code = models.CharField(max_length=60)
    content = models.TextField(default="{}")
    unreviewed = models.TextField(
        blank=True, help_text="paths taken over from the entry before and not looked at, by line"
    )
    client_key = models.CharField(max_length=64)
    changes = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-updated_at"])]

    @property
    def unreviewed_paths(self) -> list[str]:
        """Values taken over from the entry before that nobody has looked at yet."""
        return self.unreviewed.split()

    @property
    def form_name(self) -> str:
        """The form's name as people know it."""
        versions = registry.versions(self.form_code)
        return versions[-1].name_vi if versions else self.form_code


class Seal(models.Model):
    """The seal (niêm phong) of a volume: its manifest, signed by the facility. Append-only."""

    volume = models.OneToOneField(Volume, on_delete=models.PROTECT, related_name="seal", primary_key=True)
    record = models.ForeignKey(MedicalRecord, on_delete=models.PROTECT, related_name="seals")
    manifest = models.TextField()
    manifest_hash = models.CharField(max_length=64)
    manifest_pdf = models.CharField(max_length=64, help_text="digest of the signed manifest in the blob store")
    previous_hash = models.CharField(max_length=64, blank=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_by = models.CharField(max_length=255)
    sealed_at = models.DateTimeField()
    time_stamped = models.BooleanField(default=False)


class LookupCode(models.Model):
    """A code printed on paper (PRN-03, PRN-04): which version it stands for, and who made which paper when. `original`: on
    the page that was signed, of papers that leave the house; `paper`: a converted print (R-90). Append-only."""

    code = models.CharField(primary_key=True, max_length=20)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="lookup_codes")
    kind = models.CharField(max_length=10, choices=[("original", "Bản gốc"), ("paper", "Bản giấy")])
    source_sha256 = models.CharField(max_length=64, blank=True, help_text="of the signed file that was printed")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=255, blank=True)
    by_title = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
