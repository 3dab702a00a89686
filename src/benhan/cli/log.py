"""`benhan audit …`: verify, sign, export and check the log of reads and writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from benhan.cli.django_up import saying_no, up

if TYPE_CHECKING:
    from benhan.audit.walk import LogReport

FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to report.")
DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.group()
def audit() -> None:
    """The log of reads and writes."""


@audit.command("verify")
@FORMAT
def verify_log(form: str) -> None:
    """Find altered, deleted, reordered and truncated rows of the log."""
    up()
    from benhan.audit.verify import verify

    _say(verify(), form)


@audit.command("sign")
def sign_log() -> None:
    """Sign the present tree head of the log and write it to the anchor file."""
    up()
    from benhan.audit.services import sign_tree_head

    head = sign_tree_head()
    click.echo(f"Đã ký đầu cây ở {head.size} dòng" if head else "Không có dòng mới")


@audit.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--from", "first", type=DAY, help="First day, e.g. 2026-01-31 or 31/01/2026.")
@click.option("--until", "last", type=DAY, help="Last day, included.")
@click.option("--patient", "number", default="", help="Patient number: only what showed or changed this person's data.")
@click.option("--reason", default="", help="For whom and why; kept in the log.")
def export_log(target: Path, first: datetime | None, last: datetime | None, number: str, reason: str) -> None:
    """Write the log, or the part an inspector asks for, to TARGET as JSON lines with its proof.

    Check it anywhere with `benhan audit check TARGET --keys FOLDER`, FOLDER being a copy of BENHAN_HOME/anchors/keys."""
    up()
    from benhan.audit import extract
    from benhan.patients import queries as patients
    from benhan.patients.merging import family_ids

    if first and last and first > last:
        raise click.UsageError("--from is after --until")
    with saying_no():
        family = family_ids(patients.patient_by_number(number)) if number else []
        lines = extract.extract_lines(
            from_at=_midnight(first, 0), to_at=_midnight(last, 1), patient_ids=family, reason=reason
        )
        click.echo(f"Đã xuất {_write(target, lines)} dòng nhật ký vào {target}")


def _write(target: Path, lines: Iterator[str]) -> int:
    """Write all or nothing: a full disk leaves no half file behind. Returns how many events."""
    part = target.with_name(target.name + ".part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                count += '"type": "event"' in line  # inside of a text the quotes are escaped
                file.write(line)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"Không ghi được {target}: {error.strerror}") from error
    return count


def _midnight(day: datetime | None, days: int) -> datetime | None:
    """The start of a calendar day at the facility, `days` later."""
    from django.conf import settings

    if day is None:
        return None
    wanted: date = day.date() + timedelta(days=days)
    return datetime.combine(wanted, time(), ZoneInfo(settings.TIME_ZONE))


@audit.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the facility's public log keys; without it those of this installation.",
)
@FORMAT
def check_file(path: Path, keys: Path | None, form: str) -> None:
    """Check an exported log or part of it; needs no database."""
    up(database=False)
    from benhan.audit.extract import is_extract, verify_extract
    from benhan.audit.verify import verify_export

    try:
        report = (verify_extract if is_extract(path) else verify_export)(path, public_keys=keys)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _say(report, form)


def _say(report: LogReport, form: str) -> None:
    if form == "json":
        found = [{"seq": f.seq, "code": f.code, "message": f.message} for f in report.findings]
        doubts = [{"seq": f.seq, "code": f.code, "message": f.message} for f in report.doubts]
        summary = {"holds": report.holds, "events": report.events, "tree_heads": report.tree_heads}
        click.echo(json.dumps({**summary, "findings": found, "doubts": doubts}, ensure_ascii=False))
    else:
        for finding in report.findings:
            click.echo(f"✗ {finding.message} [{finding.code}]")
        for doubt in report.doubts:
            click.echo(f"? {doubt.message} [{doubt.code}]")
        verdict = "NGUYÊN VẸN" if report.holds else "KHÔNG NGUYÊN VẸN"
        click.echo(f"{verdict}: {report.events} dòng, {report.tree_heads} đầu cây đã ký")
    sys.exit(0 if report.holds else 1)


COMMANDS = (audit,)
