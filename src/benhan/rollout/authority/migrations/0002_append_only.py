from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """What was reported and what was refused stays as it was."""

    dependencies = [("authority", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["authority_report", "authority_refusal"])]
