"""Commands that run the house: setup, serve, demo, doctor, records."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benhan.cli.alone import alone
from benhan.cli.django_up import saying_no, up

FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to report.")


@click.command()
@click.option("--with-demo", is_flag=True, help="Load the demo hospital into an empty house, and print its log-ins.")
def setup(with_demo: bool) -> None:
    """Create or update the database and the keys. Safe to run again."""
    up()
    migrate(with_demo=with_demo)
    click.echo("Sẵn sàng.")


def migrate(*, with_demo: bool = False) -> None:
    """Bring tables and keys of the house up to date. Refused when the database is that of another kind of house."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from benhan.audit.keys import signing_key
    from benhan.rollout.training.house import require_match

    with alone(settings.BENHAN_HOME / "setup.lock"):
        with saying_no():
            require_match()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            click.echo("Đang tạo hoặc nâng cấp cơ sở dữ liệu…")
            call_command("migrate", verbosity=0, interactive=False)
        signing_key()
        if with_demo:
            _demo(only_if_empty=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--authority", is_flag=True, help="Serve a health department: it takes the status reports of its facilities."
)
@click.option("--practice", is_flag=True, help="Serve the practice house beside this one (as `benhan practice`).")
def serve(host: str, port: int, authority: bool, practice: bool) -> None:
    """Serve the pages (and sign the log's tree heads in the background)."""
    if authority and practice:
        raise click.UsageError("--authority and --practice are two different houses")
    if practice:
        from benhan.cli.practice import serve_practice

        serve_practice(host, port)
        return
    if authority:
        os.environ["BENHAN_AUTHORITY"] = "1"
    from benhan.cli.server import run

    run(host, port)


@click.group()
def demo() -> None:
    """Demo data: a small invented hospital."""


@demo.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when the house is already set up.")
def demo_load(if_empty: bool) -> None:
    """Load the demo hospital. Refused when the database holds a real facility or patient."""
    up()
    _demo(only_if_empty=if_empty)


def _demo(*, only_if_empty: bool) -> None:
    from benhan.facility.queries import facility_or_none
    from benhan.site import demo as content

    with saying_no():
        place = facility_or_none()
        if only_if_empty and place is not None and not place.is_demo:
            return
        if place is None:
            click.echo("Đang nạp bệnh viện mẫu…")
            content.load()
        elif not only_if_empty:
            content.refuse_unless_empty()
        if facility_or_none() is not None:
            for line in content.log_ins():
                click.echo(line)


@click.command()
@FORMAT
def doctor(form: str) -> None:
    """Check the machine and the installation."""
    up()
    from benhan.site.doctor import examine

    checks = examine()
    if form == "json":
        click.echo(
            json.dumps(
                [{"check": c.name, "good": c.good, "detail": c.detail} for c in checks], ensure_ascii=False, indent=1
            )
        )
    else:
        for check in checks:
            click.echo(f"{'✓' if check.good else '✗'} {check.name}: {check.detail}")
    sys.exit(0 if all(c.good for c in checks) else 1)


@click.group()
def record() -> None:
    """Medical records."""


@record.command("list")
@click.option("--state", default="", help="open, discharged, closed, sealed, supplementing")
@click.option("--limit", default=50, type=click.IntRange(1, 1000))
@FORMAT
def record_list(state: str, limit: int, form: str) -> None:
    """List records, newest first (numbers and states; no names)."""
    up()
    from benhan.records.models import MedicalRecord

    rows = MedicalRecord.objects.order_by("-opened_at")
    rows = rows.filter(record_state=state) if state else rows
    listed = [{"number": r.record_number, "state": r.record_state, "documents": r.document_count} for r in rows[:limit]]
    if form == "json":
        click.echo(json.dumps(listed, ensure_ascii=False))
    else:
        for row in listed:
            click.echo(f"{row['number']}\t{row['state']}\t{row['documents']}")


@record.command("export")
@click.argument("number")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, file_okay=False))
def record_export(number: str, target: Path) -> None:
    """Write the sealed package of a record: signed files, JSON, manifest, certificates, and an index.html."""
    up()
    from benhan.archive.packages import export
    from benhan.records.queries import record_by_number

    with saying_no():
        written = export(record_by_number(number), target)
        click.echo(f"Đã xuất {written}")


@record.command("cv365")
@click.argument("number")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--format", "form", type=click.Choice(["json", "xml", "zip"]), default="zip", show_default=True)
@click.option("--asked-by", required=True, help="Who asked for it; kept with the export.")
@click.option("--reason", required=True, help="What for; kept with the export.")
def record_cv365(number: str, target: Path, form: str, asked_by: str, reason: str) -> None:
    """Write the exchange file HoSoBenhAn (letter CV 365) of a record. Refused with the faults when it is not what the annex says."""
    up()
    from benhan.exchange.cv365.exporting import to_folder
    from benhan.records.queries import record_by_number

    with saying_no():
        written = to_folder(record_by_number(number), target, form=form, asked_by=asked_by, reason=reason)
        click.echo(f"Đã xuất {written}")


@click.group()
def projections() -> None:
    """What is derived from the documents."""


@projections.command("rebuild")
def projections_rebuild() -> None:
    """Derive everything again from the documents."""
    up()
    from benhan.clinical.services import rebuild

    click.echo(f"Đã dựng lại từ {rebuild()} giấy tờ")


@click.group(name="import")
def import_() -> None:
    """Take over what exists."""


@import_.command("bhyt")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@FORMAT
def import_bhyt(paths: tuple[Path, ...], form: str) -> None:
    """Import insurance XML files (QĐ 130/4750/3176) or folders of them."""
    up()
    from benhan.exchange.bhyt.command import run
    from benhan.rollout.training.house import require_real

    with saying_no():
        require_real()

    sys.exit(run(paths, as_json=form == "json"))


@import_.command("cv365")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "facility_code", required=True, help="Code (5 characters) of the facility that made the files.")
def import_cv365(paths: tuple[Path, ...], facility_code: str) -> None:
    """Take exchange files HoSoBenhAn (letter CV 365, JSON or XML) from another system. Exit code 1: one was refused."""
    up()
    from benhan.access.actors import system_actor
    from benhan.exchange.cv365.importing import take
    from benhan.kernel.errors import Invalid

    refused = 0
    for path in paths:
        try:
            row = take(path.read_bytes(), path.name, facility_code=facility_code, actor=system_actor("nhận CV 365"))
        except Invalid as no:
            raise click.UsageError("; ".join(e.message for e in no.errors)) from no
        faults = json.loads(row.faults)
        refused += row.result == "refused"
        click.echo(f"{path.name}: {row.get_result_display()}")
        for fault in faults[:20]:
            click.echo(f"  ✗ {fault['place']}: {fault['said']} ({fault['code']})", err=True)
    sys.exit(1 if refused else 0)


@click.group()
def forms() -> None:
    """The forms as data."""


@forms.command("check")
@FORMAT
def forms_check(form: str) -> None:
    """Check every form definition, print field counts, name items of the field lists that a form lacks, and say of every paper
    of the catalogue which form holds it or why none does."""
    from benhan.kernel.clock import today
    from benhan.law import coverage, registry

    if mistakes := coverage.mistakes():
        for mistake in mistakes:
            click.echo(f"✗ {mistake}", err=True)
        sys.exit(1)
    found, asked = registry.forms(today()), coverage.coverage()
    rows: list[dict[str, Any]] = [
        {
            "code": f.code,
            "number": f.official_number,
            "name": f.name_vi,
            "valid_from": str(f.valid_from),
            "certainty": f.certainty,
            "fields": sum(len(s.fields) for s in f.sections),
            "signatures": len(f.positions),
            "sha256": f.form_hash,
            "asked": asked[f.code][0],
            "missing": [f"{i.field} ({i.label_vi}, {i.source})" for i in asked[f.code][1]],
        }
        for f in found
    ]
    if form == "json":
        papers = [asdict(p) for p in coverage.catalogue()]
        click.echo(json.dumps({"forms": rows, "catalogue": papers}, ensure_ascii=False, indent=1))
    else:
        _tell_forms(rows)
        without = [p for p in coverage.catalogue() if not p.forms]
        click.echo(f"Danh mục {len(coverage.catalogue())} giấy, {len(without)} giấy không có mẫu:")
        for paper in without:
            click.echo(f"  {paper.code:38} {paper.reason}")
    sys.exit(1 if any(row["missing"] for row in rows) else 0)


def _tell_forms(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(
            f"{row['number']!s:9} {row['code']:30} {row['fields']:4} mục  {row['signatures']} chữ ký  "
            f"{row['certainty']:17} {row['name']}"
        )
        for item in row["missing"]:
            click.echo(f"          thiếu: {item}", err=True)


COMMANDS = (setup, serve, demo, doctor, record, projections, import_, forms)
