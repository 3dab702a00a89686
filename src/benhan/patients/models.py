"""Tables of the patient index."""

from __future__ import annotations

from django.db import models

from benhan.kernel.identifiers import new_id

SEXES = {"1": "Nam", "2": "Nữ", "3": "Chưa xác định"}
BIRTH_PRECISIONS = {"day": "Ngày", "month": "Tháng", "year": "Năm", "unknown": "Không rõ"}
IDENTIFIER_SYSTEMS = {
    "citizen_id": "Số định danh cá nhân (CCCD)",
    "old_citizen_id": "CMND 9 số",
    "cancelled_id": "Số định danh đã hủy",
    "passport": "Hộ chiếu",
    "identity_certificate": "Giấy chứng nhận căn cước",
    "eid_foreigner": "Tài khoản định danh điện tử người nước ngoài",
    "insurance_card": "Thẻ bảo hiểm y tế",
    "social_insurance": "Mã số bảo hiểm xã hội",
    "birth_certificate": "Giấy chứng sinh",
    "temporary": "Mã tạm",
    "external": "Mã người bệnh ở hệ thống khác",
}
# Suggestions for the ground of a representation (Law 15/2023/QH15 art. 8); what the person says otherwise may be typed.
LEGAL_BASES = (
    "Cha, mẹ của người chưa thành niên",
    "Người giám hộ",
    "Được người bệnh ủy quyền bằng văn bản",
    "Do Tòa án chỉ định",
    "Thân nhân của người bệnh",
)
IDENTITY_STATES = {"known": "Đã rõ", "unknown": "Chưa rõ nhân thân"}
CHANGE_KINDS = {
    "register": "Đăng ký dù có người giống",
    "update": "Sửa thông tin",
    "identifier": "Số giấy tờ",
    "representative": "Người đại diện",
    "merge": "Gộp",
    "unmerge": "Tách",
}
FIELD_LABELS = {
    "full_name": "Họ và tên",
    "birth_date": "Ngày sinh",
    "birth_precision": "Ngày sinh biết đến",
    "sex": "Giới tính",
    "phone": "Điện thoại",
    "address_line": "Địa chỉ",
    "province_code": "Mã tỉnh",
    "commune_code": "Mã xã",
    "ethnicity": "Dân tộc",
    "occupation": "Nghề nghiệp",
    "nationality": "Quốc tịch",
    "workplace": "Nơi làm việc",
    "blood_group": "Nhóm máu",
    "identity_state": "Nhân thân",
    "with": "Với người bệnh",
}
VALUE_LABELS = {"sex": SEXES, "birth_precision": BIRTH_PRECISIONS, "identity_state": IDENTITY_STATES}


class Patient(models.Model):
    """A person cared for here (người bệnh). The name is stored as written (NFC); the folded form is for search only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient_number = models.CharField(max_length=40, unique=True)
    full_name = models.CharField(max_length=255)
    name_folded = models.CharField(max_length=255)
    birth_date = models.DateField(null=True)
    birth_precision = models.CharField(max_length=8, choices=list(BIRTH_PRECISIONS.items()), default="unknown")
    sex = models.CharField(max_length=1, choices=list(SEXES.items()), default="3")
    phone = models.CharField(max_length=20, blank=True)
    address_line = models.CharField(max_length=500, blank=True)
    province_code = models.CharField(max_length=3, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    ethnicity = models.CharField(max_length=2, blank=True)
    occupation = models.CharField(max_length=5, blank=True)
    nationality = models.CharField(max_length=3, blank=True, default="000")
    workplace = models.CharField(max_length=255, blank=True)
    blood_group = models.CharField(max_length=5, blank=True)
    identity_state = models.CharField(max_length=10, choices=list(IDENTITY_STATES.items()), default="known")
    description = models.CharField(max_length=500, blank=True, help_text="marks of an unknown patient")
    # Few have a mother here or are merged: their indexes are partial, below. A full one holds a million NULLs, and
    # SQLite, once it has counted them (ANALYZE), reads the whole table instead: 100 ms for every page of a patient.
    mother = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children", db_index=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False)
    source = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        # The class makes a b-tree of PostgreSQL answer "begins with"; SQLite ignores it.
        indexes = [
            models.Index(fields=["birth_date"], name="patients_patient_birth"),
            models.Index(fields=["name_folded", "birth_date"], name="patients_patient_name_birth"),
            models.Index(fields=["phone"], name="patients_patient_phone", opclasses=["text_pattern_ops"]),
            models.Index(fields=["mother"], name="patients_patient_mother", condition=models.Q(mother__isnull=False)),
            models.Index(
                fields=["merged_into"], name="patients_patient_merged", condition=models.Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.patient_number

    @property
    def living(self) -> Patient:
        """The person as known now: the end of the chain of merges (REC-21), mostly oneself. For many: `merging.survivors`."""
        person = self
        while person.merged_into is not None:
            person = person.merged_into
        return person


class Identifier(models.Model):
    """A number by which a patient is known, with its dates (R-103). Only active 12-digit numbers are unique."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=24, choices=list(IDENTIFIER_SYSTEMS.items()))
    value = models.CharField(max_length=60)
    normalised = models.CharField(max_length=60)
    normalised_backwards = models.CharField(max_length=60, help_text="for people who remember the last digits")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    identifier_state = models.CharField(
        max_length=10,
        choices=[("active", "Đang dùng"), ("closed", "Hết hiệu lực"), ("cancelled", "Đã hủy")],
        default="active",
    )
    source = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["normalised"], name="patients_identifier_number", opclasses=["text_pattern_ops"]),
            models.Index(
                fields=["normalised_backwards"], name="patients_identifier_tail", opclasses=["text_pattern_ops"]
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["normalised"],
                condition=models.Q(system="citizen_id", identifier_state="active"),
                name="one_patient_per_active_citizen_id",
            )
        ]


class Representative(models.Model):
    """Who speaks for the patient (người đại diện, REC-23)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="representatives")
    full_name = models.CharField(max_length=255)
    relation = models.CharField(max_length=60)
    identity_number = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    legal_basis = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()


class PatientChange(models.Model):
    """What was changed on a patient, by whom, from what to what. Append-only, so an edit loses nothing."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=list(CHANGE_KINDS.items()))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by_name = models.CharField(max_length=255)
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()


class Merge(models.Model):
    """Two patients found to be one: the secondary points to the survivor. Link first, so undoing is exact."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_survived")
    secondary = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_ended")
    reason = models.CharField(max_length=500)
    merged_by = models.CharField(max_length=255)
    merged_at = models.DateTimeField()
    undone_by = models.CharField(max_length=255, blank=True)
    undone_reason = models.CharField(max_length=500, blank=True)
    undone_at = models.DateTimeField(null=True)


class NameIndex(models.Model):
    """What the search reads, one narrow row a patient. Derived, rebuildable by `services.rebuild_index`.
    On SQLite a full-text table hangs on `id`, on PostgreSQL a GIN index on the words of `forwards` (migrations/0002)."""

    id = models.BigAutoField(primary_key=True)
    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="+")
    written = models.CharField(max_length=255, help_text="the name in lower case with its marks")
    forwards = models.CharField(
        max_length=400, help_text="folded words in order; names with an apostrophe joined again"
    )
    backwards = models.CharField(max_length=400, help_text="the same words, last first")
    birth_year = models.SmallIntegerField(null=True)
    phone_backwards = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["written"], name="patients_index_written", opclasses=["text_pattern_ops"]),
            models.Index(fields=["forwards"], name="patients_index_forwards", opclasses=["text_pattern_ops"]),
            models.Index(fields=["backwards"], name="patients_index_backwards", opclasses=["text_pattern_ops"]),
            models.Index(fields=["phone_backwards"], name="patients_index_phone", opclasses=["text_pattern_ops"]),
            models.Index(
                fields=["birth_year", "forwards"],
                name="patients_index_year",
                opclasses=["int2_ops", "text_pattern_ops"],
                include=["patient"],
            ),
        ]


class NameWord(models.Model):
    """The vocabulary of all names, so that the beginning of a word becomes the few whole words it may mean."""

    word = models.CharField(max_length=100, primary_key=True)
