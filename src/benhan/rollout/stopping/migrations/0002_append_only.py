from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """A decision stays as it was taken."""

    dependencies = [("stopping", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["stopping_phasechange"])]
