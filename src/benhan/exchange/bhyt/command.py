"""What `benhan import bhyt` prints."""

from __future__ import annotations

import json
from pathlib import Path

import click

from benhan.access.actors import system_actor
from benhan.exchange.bhyt import services
from benhan.exchange.bhyt.models import ImportProblem, ImportRun
from benhan.kernel.errors import SaysNo


def run(paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Import and report; exit code 0 all taken or known, 1 something was refused, 2 nothing to read."""

    def progress(now: ImportRun, name: str) -> None:
        if not as_json:
            click.echo(
                f"{name}: {now.done} hồ sơ, mới {now.created}, đổi {now.updated}, không đổi {now.unchanged}, từ chối {now.refused}"
            )

    try:
        done = services.import_files(list(paths), actor=system_actor("nhập BHYT"), progress=progress)
    except SaysNo as no:
        click.echo(f"✗ {no.message}", err=True)
        return 1
    if done.total == 0 and done.refused == 0:
        click.echo("Không có tệp XML nào", err=True)
        return 2
    refused = list(ImportProblem.objects.filter(run=done, severity="refused")[:1000])
    if as_json:
        click.echo(
            json.dumps(
                {
                    "created": done.created,
                    "updated": done.updated,
                    "unchanged": done.unchanged,
                    "refused": done.refused,
                    "warnings": done.warnings,
                    "problems": [
                        {
                            "file": p.file,
                            "table": p.table,
                            "row": p.row,
                            "field": p.field,
                            "code": p.code,
                            "reason": p.reason,
                            "link_code": p.link_code,
                        }
                        for p in refused
                    ],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for p in refused:
            click.echo(f"✗ {p.file} {p.table} dòng {p.row} {p.field}: {p.reason} [{p.code}] {p.link_code}", err=True)
        click.echo(
            f"Mới {done.created}, cập nhật {done.updated}, không đổi {done.unchanged}, "
            f"từ chối {done.refused}, cảnh báo {done.warnings}"
        )
    return 1 if refused else 0
