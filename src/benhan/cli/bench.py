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
    """Measure searching, opening, saving, signing, sealing, import, log, back-up and a mixed load, and write the
    figures to benchmarks/results/."""
    if not (ROOT / "benchmarks" / "house.py").exists():
        raise click.UsageError("benchmarks/ is not beside this installation; run from a checkout")
    found = _measure(quick, database, people or (100 if database else 20))
    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    target = results / f"{found['database']}{'-quick' if quick else ''}.json"
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if form == "json":
        click.echo(json.dumps(found))
        return
    sys.path.insert(0, str(ROOT))
    from benchmarks.aims import table

    click.echo(table(found))
    click.echo(f"→ {target.relative_to(ROOT)}")


def _measure(quick: bool, database: str, people: int) -> dict[str, Any]:
    """One house in a scratch folder: first its own measures, then a million patients in it, then people at work."""
    with tempfile.TemporaryDirectory(prefix="benhan-bench-") as home:
        environment = {**os.environ, "BENHAN_HOME": home, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        environment.pop("BENHAN_DATABASE_URL", None)
        if database:
            environment["BENHAN_DATABASE_URL"] = database
        place = database or f"sqlite:///{Path(home, 'benhan.sqlite3').as_posix()}"
        found = _run(["-m", "benchmarks.house", *(["--quick"] if quick else [])], environment)
        size = 100_000 if quick else 1_000_000
        search = ["-m", "benchmarks.patient_search", "--size", str(size), "--database", place, "--json"]
        found["search"] = _run(search, environment)
        found["mixed_load"] = _run(["-m", "benchmarks.load", str(people), "10" if quick else "30"], environment)
    return found | {
        "database": "postgresql" if database else "sqlite",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "quick": quick,
    }


def _run(arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own modules, no shell
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise click.ClickException(done.stderr[-1500:])
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


COMMANDS = (bench,)
