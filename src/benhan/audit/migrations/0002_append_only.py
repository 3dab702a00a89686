from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """The log refuses UPDATE and DELETE."""

    dependencies = [("audit", "0001_initial")]
    operations = [append_only(["audit_auditevent", "audit_auditeventsubject", "audit_treehead"])]
