"""Bring Django up for a command, and say a SaysNo the way a command should."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from benhan.kernel.errors import Invalid, SaysNo


def up() -> None:
    """Load the house."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
    import django

    django.setup()


@contextmanager
def saying_no() -> Iterator[None]:
    """A refusal ends the command with its message and exit code 1, not with a trace."""
    try:
        yield
    except SaysNo as no:
        click.echo(f"✗ {no.message} [{no.code}]", err=True)
        if isinstance(no, Invalid):
            for error in no.errors[:50]:
                click.echo(f"  {error.path}: {error.message}", err=True)
        sys.exit(1)
