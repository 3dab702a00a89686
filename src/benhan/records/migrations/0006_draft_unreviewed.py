"""Drafts know which values were taken over from the entry before and still wait to be looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more column."""

    dependencies = [("records", "0005_lookup_codes")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="unreviewed",
            field=models.TextField(
                blank=True,
                default="",
                help_text="paths taken over from the entry before and not looked at, by line",
            ),
            preserve_default=False,
        ),
    ]
