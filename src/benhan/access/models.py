"""Tables of accounts and roles."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from benhan.facility.models import Department, Staff
from benhan.kernel.identifiers import new_id

ROLES = {
    "receptionist": "Tiếp đón",
    "doctor": "Bác sĩ",
    "nurse": "Điều dưỡng",
    "technician": "Kỹ thuật viên",
    "pharmacist": "Dược sĩ",
    "planning": "Phòng Kế hoạch tổng hợp",
    "archivist": "Lưu trữ hồ sơ",
    "administrator": "Quản trị hệ thống",
    "authority": "Cán bộ Sở Y tế",
}


class Account(AbstractBaseUser):
    """One account, one person (ACC-10). An administrator's account may have no member of staff behind it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    staff = models.OneToOneField(Staff, on_delete=models.PROTECT, null=True, related_name="account")
    display_name = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0, help_text="raised to end every session at once")
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects = BaseUserManager["Account"]()

    def get_session_auth_hash(self) -> str:
        """Tie sessions to password and epoch: changing either ends them all."""
        return salted_hmac(
            "benhan.access.session", f"{self.password}:{self.session_epoch}:{self.is_active}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        """No older secrets are honoured."""
        return []

    def __str__(self) -> str:
        return self.username


class RoleAssignment(models.Model):
    """A role of an account, in one department or (department empty) in the whole facility."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=list(ROLES.items()))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "department"],
                condition=models.Q(department__isnull=False),
                name="role_once_per_department",
            ),
            models.UniqueConstraint(
                fields=["account", "role"], condition=models.Q(department__isnull=True), name="role_once_in_facility"
            ),
        ]


class LoginThrottle(models.Model):
    """Failures of one account from one address. Unknown names are counted by address alone, so the table stays bounded
    by accounts × addresses, and a stranger elsewhere cannot lock a ward out (field-notes B)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    address = models.CharField(max_length=45)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "address"], condition=models.Q(account__isnull=False), name="one_throttle_per_pair"
            ),
            models.UniqueConstraint(
                fields=["address"], condition=models.Q(account__isnull=True), name="one_throttle_per_address"
            ),
        ]
