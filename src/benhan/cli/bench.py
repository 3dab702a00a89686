"""`benhan bench`: measures on invented data in a scratch installation, never on the real one."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[3]


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the data.")
@click.option(
    "--database", default="", help="An EMPTY PostgreSQL database for the measures; default: SQLite in a scratch folder."
)
@click.option("--people", default=0, help="People of the mixed load (default 20 on SQLite, 100 on PostgreSQL).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def bench(quick: bool, database: str, people: int, form: str) -> None:
    """Measure opening, saving, signing, sealing, import, log, back-up and a mixed load; writes benchmarks/results/."""
    if not (ROOT / "benchmarks" / "house.py").exists():
        raise click.UsageError("benchmarks/ is not beside this installation; run from a checkout")
    with tempfile.TemporaryDirectory(prefix="benhan-bench-") as home:
        environment = {**os.environ, "BENHAN_HOME": home, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        environment.pop("BENHAN_DATABASE_URL", None)
        if database:
            environment["BENHAN_DATABASE_URL"] = database
        found = _run(["-m", "benchmarks.house", *(["--quick"] if quick else [])], environment)
        crowd = people or (100 if database else 20)
        found["mixed_load"] = _run(["-m", "benchmarks.load", str(crowd), "10" if quick else "30"], environment)
    found |= {
        "database": "postgresql" if database else "sqlite",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "quick": quick,
    }
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    target = results / f"{found['database']}{'-quick' if quick else ''}.json"
    target.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if form == "json":
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name:22} {', '.join(f'{k} {v}' for k, v in value.items()) if isinstance(value, dict) else value}")
    click.echo(f"→ {target.relative_to(ROOT)}")


def _run(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own modules, no shell
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise click.ClickException(done.stderr[-1500:])
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


COMMANDS = (bench,)
