"""`benhan verify`: checks a package or a PDF on the ground floor alone, without database or Django."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from benhan.cli.anchors import read_certificates


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--anchor",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A trusted root certificate (PEM or DER). Without one a sound file is not told to be anybody's.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def verify(path: Path, anchor: tuple[Path, ...], form: str) -> None:
    """Check a record package (folder or .zip) or one signed PDF, and say what holds, what does not, and why.

    Exit code 0: everything holds against a root given with --anchor. 1: something is wrong. 3: nothing is wrong, but it
    cannot be told whose it is (no --anchor: anybody can make a sound package with the names of a hospital in it)."""
    from benhan.proof.package import verify_package
    from benhan.proof.verify import verify_pdf

    anchors = [c for p in anchor for c in read_certificates(p)]
    if path.is_dir() or path.suffix == ".zip":
        verdict = verify_package(path, anchors=anchors)
    else:
        verdict = verify_pdf(path.read_bytes(), anchors=anchors)
    click.echo(json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) if form == "json" else verdict.as_text())
    sys.exit(verdict.exit_code)


COMMANDS = (verify,)
