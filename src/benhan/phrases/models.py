"""Ready-made texts, the list of abbreviations and its published editions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from benhan.access.models import Account
from benhan.facility.models import Department
from benhan.kernel.identifiers import new_id

SCOPES = {"own": "Của tôi", "department": "Của khoa", "facility": "Của cơ sở"}


class Snippet(models.Model):
    """A ready-made text (câu mẫu). Of a person, of a department, or, with neither, of the facility."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="snippets")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="snippets")
    key = models.CharField(max_length=20, help_text="typed after a slash")
    folded_key = models.CharField(max_length=20, help_text="the key without marks: one of each per owner")
    title = models.CharField(max_length=120)
    text = models.TextField()
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=255)

    class Meta:
        ordering = ["folded_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=True) | Q(department__isnull=True), name="phrases_snippet_one_owner"
            ),
            models.UniqueConstraint(
                fields=["account", "folded_key"], condition=Q(account__isnull=False), name="phrases_snippet_of_account"
            ),
            models.UniqueConstraint(
                fields=["department", "folded_key"],
                condition=Q(department__isnull=False),
                name="phrases_snippet_of_department",
            ),
            models.UniqueConstraint(
                fields=["folded_key"],
                condition=Q(account__isnull=True, department__isnull=True),
                name="phrases_snippet_of_facility",
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.key} {self.title}"

    @property
    def scope(self) -> str:
        """Whose it is: own | department | facility."""
        return "own" if self.account_id else "department" if self.department_id else "facility"


class Abbreviation(models.Model):
    """A line of the list that is being worked on: for the whole facility, or for one department, where it means something
    else or is used by nobody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="abbreviations")
    abbreviation = models.CharField(max_length=20)
    expansion = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=255)

    class Meta:
        ordering = ["abbreviation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["abbreviation", "department"],
                condition=Q(department__isnull=False),
                name="phrases_abbreviation_of_department",
            ),
            models.UniqueConstraint(
                fields=["abbreviation"], condition=Q(department__isnull=True), name="phrases_abbreviation_of_facility"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.abbreviation}: {self.expansion}"


class AbbreviationEdition(models.Model):
    """The list as it was published (ban hành) on a day: a new one takes its place, none is ever edited."""

    number = models.PositiveIntegerField(primary_key=True)
    entries = models.JSONField(help_text="[[abbreviation, expansion, code of the department or nothing], …]")
    published_at = models.DateTimeField()
    published_by_name = models.CharField(max_length=255)
    published_by_title = models.CharField(max_length=120)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Danh mục số {self.number}"
