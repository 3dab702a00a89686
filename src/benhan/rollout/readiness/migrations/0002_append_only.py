from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """What somebody stated is never changed: a new statement stands beside it."""

    dependencies = [("readiness", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["readiness_statement"])]
