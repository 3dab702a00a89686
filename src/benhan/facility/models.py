"""Tables of the place and its people."""

from __future__ import annotations

from django.db import models

from benhan.kernel.identifiers import new_id

# What somebody is here; law/signers.yaml says which signature places each may fill.
POSITIONS = {
    "doctor": "Bác sĩ",
    "department_head": "Trưởng khoa",
    "director": "Lãnh đạo cơ sở",
    "nurse": "Điều dưỡng",
    "head_nurse": "Điều dưỡng trưởng",
    "technician": "Kỹ thuật viên",
    "technician_head": "Kỹ thuật viên trưởng",
    "pharmacist": "Dược sĩ",
    "clerk": "Nhân viên hành chính",
    "officer": "Chuyên viên",
}


class Facility(models.Model):
    """The one facility of this installation (cơ sở khám bệnh, chữa bệnh)."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    governing_body = models.CharField(max_length=255, blank=True)
    code = models.CharField(max_length=5, help_text="5 characters, QĐ 384/QĐ-BYT 2019 (R-108)")
    gln = models.CharField(max_length=13, blank=True, help_text="13 digits (R-108)")
    address = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department (khoa, phòng)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(
        max_length=20,
        choices=[("clinical", "Lâm sàng"), ("paraclinical", "Cận lâm sàng"), ("office", "Phòng chức năng")],
        default="clinical",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room (buồng, phòng khám) of a department."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=100)

    class Meta:
        unique_together = [("department", "name")]

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """A bed (giường) of a room."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    name = models.CharField(max_length=50)

    class Meta:
        unique_together = [("room", "name")]

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A person who works here (REC-26). `position` decides which signature places the person may fill."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    full_name = models.CharField(max_length=255)
    job_title = models.CharField(max_length=120, help_text="printed with each entry: BSCKI., ĐDCK…")
    position = models.CharField(max_length=40, help_text="code of law/signers: doctor, nurse, department_head…")
    licence_number = models.CharField(max_length=250, blank=True, db_index=True)
    licence_scope = models.CharField(max_length=500, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="staff")
    phone = models.CharField(max_length=20, blank=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True, help_text="set when known only from an imported file")

    class Meta:
        ordering = ["full_name"]

    def __str__(self) -> str:
        return f"{self.job_title} {self.full_name}".strip()


class NumberSeries(models.Model):
    """The last number given in a series and period; locked while the next one is taken."""

    series = models.CharField(max_length=50)
    period = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        unique_together = [("series", "period")]


class Setting(models.Model):
    """A rule the facility sets for itself (quy chế), as JSON text."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=255, blank=True)
