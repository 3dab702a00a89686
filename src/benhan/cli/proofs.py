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
    help="A trusted root certificate (PEM or DER). For a package its own root is taken when none is given, and said so.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def verify(path: Path, anchor: tuple[Path, ...], form: str) -> None:
    """Check a record package (folder or .zip) or one signed PDF, and say what holds, what does not, and why."""
    from benhan.proof.package import verify_package
    from benhan.proof.verify import verify_pdf

    anchors = [c for p in anchor for c in read_certificates(p)]
    if path.is_dir() or path.suffix == ".zip":
        verdict = verify_package(path, anchors=anchors)
    else:
        verdict = verify_pdf(path.read_bytes(), anchors=anchors)
    click.echo(json.dumps(verdict.as_dict(), ensure_ascii=False, indent=1) if form == "json" else verdict.as_text())
    sys.exit(0 if verdict.holds else 1)


COMMANDS = (verify,)
