"""`benhan backup` and `benhan restore`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from benhan.cli.django_up import saying_no, up

PASSPHRASE = "BENHAN_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable


def _passphrase(*, twice: bool) -> str:
    """From the environment, else asked at the terminal."""
    given = os.environ.get(PASSPHRASE)
    return given if given else str(click.prompt("Cụm mật khẩu sao lưu", hide_input=True, confirmation_prompt=twice))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--prove", "then_prove", is_flag=True, help="Then restore the copy into a scratch installation and compare."
)
def backup(folder: Path, then_prove: bool) -> None:
    """Write one encrypted copy of everything into FOLDER, while people work.

    The passphrase comes from BENHAN_BACKUP_PASSPHRASE or is asked. Without it nobody can open the copy, you neither."""
    up()
    from benhan.archive.backups import services

    with saying_no():
        secret = _passphrase(twice=True)
        copy = services.backup(folder, secret)
        rows = sum(copy.manifest["rows"].values())
        click.echo(
            f"{copy.path}  {copy.size / 1e6:.1f} MB  {rows} dòng, {len(copy.manifest['files'])} tệp  SHA-256 {copy.sha256}"
        )
        if then_prove:
            run = services.prove(folder, secret)
            click.echo(f"{'✓' if run.succeeded else '✗'} {run.detail}")
            sys.exit(0 if run.succeeded else 1)


@click.command()
@click.argument("copy", type=click.Path(path_type=Path, exists=True))
def restore(copy: Path) -> None:
    """Bring a copy (a .backup file, or the newest of a folder) back into an EMPTY installation."""
    up()
    from benhan.archive.backups import services
    from benhan.rollout.training.house import require_real

    with saying_no():
        require_real()
    if copy.is_dir():
        copies = sorted(copy.glob("benhan-*.backup"))
        if not copies:
            raise click.UsageError(f"Không có bản sao lưu nào trong {copy}")
        copy = copies[-1]
    with saying_no():
        manifest = services.restore(copy, _passphrase(twice=False))
        click.echo(
            f"Đã khôi phục bản {manifest['made_at']}: {sum(manifest['rows'].values())} dòng, {len(manifest['files'])} tệp"
        )


COMMANDS = (backup, restore)
