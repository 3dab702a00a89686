from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """What left and what came is told as it was."""

    dependencies = [("cv365", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["cv365_export", "cv365_arrival"])]
