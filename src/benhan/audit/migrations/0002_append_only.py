"""The log's tables refuse change; the head only grows."""

from django.db import migrations

from benhan.audit.triggers import append_only, growing_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only(["audit_auditevent", "audit_auditeventsubject", "audit_treehead"]),
        growing_only("audit_audithead", "size"),
    ]
