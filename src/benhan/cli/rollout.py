"""Commands of the way to a paperless facility: readiness."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from benhan.cli.django_up import saying_no, up


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json", "pdf"]), default="text", help="How to report.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Where to write (needed for pdf)."
)
def readiness(form: str, output: Path | None) -> None:
    """Look at the running house: is it ready to do without paper? Exit code 0: every criterion is met; 1: not yet."""
    up()
    from benhan.access.actors import system_actor
    from benhan.rollout.readiness import queries, report, services

    if form == "pdf" and output is None:
        raise click.UsageError("pdf needs --output FILE")
    with saying_no():
        run = services.run(actor=system_actor("đánh giá mức sẵn sàng"))
        if form == "pdf" and output is not None:
            output.write_bytes(report.pdf(run))
        elif form == "json":
            text = json.dumps(report.as_json(run), ensure_ascii=False, indent=1)
            output.write_text(text + "\n", encoding="utf-8") if output else click.echo(text)
        else:
            for line in queries.lines(run):
                mark = {"pass": "✓", "stated": "✓", "fail": "✗", "statement": "?"}[line.result]
                click.echo(f"{mark} {line.criterion.title_vi}: {line.told['figure']}")
            click.echo(f"{run.passed + run.stated} đạt, {run.failed} chưa đạt, {run.open_statements} chờ xác nhận")
    sys.exit(0 if not run.failed and not run.open_statements else 1)


COMMANDS = (readiness,)
