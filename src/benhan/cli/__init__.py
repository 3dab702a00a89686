"""The `benhan` command. Each command imports what it needs when it runs, so `verify` never loads Django."""

from __future__ import annotations

import click

from benhan import __version__
from benhan.cli import bench, copies, house, log, practice, proofs, rollout
from benhan.cli.django_up import speak_utf8


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """benhan – hồ sơ bệnh án điện tử.

    Exit codes: 0 good, 1 the answer is "no" (invalid, incomplete, refused rows), 2 wrong use or unreadable input.
    """
    speak_utf8()


for command in (
    *house.COMMANDS,
    *log.COMMANDS,
    *proofs.COMMANDS,
    *copies.COMMANDS,
    *bench.COMMANDS,
    *rollout.COMMANDS,
    *practice.COMMANDS,
):
    main.add_command(command)
