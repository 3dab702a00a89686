from django.db import migrations

from benhan.audit.triggers import append_only


class Migration(migrations.Migration):
    """A certificate stays as it was earned or taken over."""

    dependencies = [("training", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only(["training_certificate", "training_practicehouse"])]
