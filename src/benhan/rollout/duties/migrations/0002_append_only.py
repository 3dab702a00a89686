from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """What was noted stays."""

    dependencies = [("duties", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["duties_dutydone"])]
