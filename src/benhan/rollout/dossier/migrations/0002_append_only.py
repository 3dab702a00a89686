from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """A signature on a paper stays."""

    dependencies = [("dossier", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["dossier_papersignature"])]
