"""`benhan practice`: the same program in a house of its own, with invented patients and the people of the real house."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benhan.cli.alone import is_held
from benhan.cli.django_up import Unfit, saying_no, up
from benhan.cli.server import SERVING
from benhan.config.home import PRACTICE_MARK, home, is_practice

DATABASE, PRACTICE_DATABASE = "BENHAN_DATABASE_URL", "BENHAN_PRACTICE_DATABASE_URL"
# What belongs to the real house and must not reach the practice house: it has its own, or none.
REAL_ONLY = (
    "BENHAN_SECRET_KEY",
    "BENHAN_MASTER_SECRET",
    "BENHAN_LOOKUP_URL",
    "BENHAN_BACKUP_DIR",
    "BENHAN_BACKUP_PASSPHRASE",
    "BENHAN_AUTHORITY",
)
PORT = 8001
HOST_OPTION = click.option("--host", default="127.0.0.1", show_default=True)
PORT_OPTION = click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))


def practice_environment() -> dict[str, str]:
    """The environment of the practice house beside the house named by the present one."""
    real = home()
    if is_practice(real):
        raise Unfit(
            f"BENHAN_HOME đang là nhà thực hành ({real}); đặt lại thư mục của nhà thật.",
            f"BENHAN_HOME is the practice house itself ({real}); name the directory of the real house.",
        )
    wanted, used = os.environ.get(PRACTICE_DATABASE, ""), os.environ.get(DATABASE, "")
    if wanted and wanted == used:
        raise Unfit(
            "BENHAN_PRACTICE_DATABASE_URL trùng với cơ sở dữ liệu của nhà thật.",
            "BENHAN_PRACTICE_DATABASE_URL is the database of the real house.",
        )
    found = {k: v for k, v in os.environ.items() if k not in (*REAL_ONLY, DATABASE)}
    found["BENHAN_HOME"] = str(real / "practice")
    if wanted:
        found[DATABASE] = wanted
    return found


def enter() -> None:
    """From here on this process is the practice house. Before anything of the house is loaded."""
    wanted = practice_environment()
    folder = Path(wanted["BENHAN_HOME"])
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_practice(folder) and any(folder.iterdir()):
        raise Unfit(
            f"{folder} đã có dữ liệu khác, không phải nhà thực hành.",
            f"{folder} holds something else than a practice house.",
        )
    (folder / PRACTICE_MARK).touch()
    os.environ.clear()
    os.environ.update(wanted)


def prepare_and_enter() -> None:
    """Bring the practice house up to date with the people of the real one; this process is then in it."""
    given = _people()
    trusted = home() / "anchors" / "practice"
    enter()
    up()
    from django.conf import settings

    from benhan.audit import keys
    from benhan.cli.house import migrate
    from benhan.rollout.training import handover, people

    with saying_no():
        migrate()
        count = people.take(given)
        handover.put_beside()
    trusted.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in keys.public_folder().glob("*.pem"):
        shutil.copy(path, trusted / path.name)
    click.echo(f"Nhà thực hành: {settings.BENHAN_HOME}, {count} người có thể vào")


def _people() -> dict[str, Any]:
    """The people of the real house, asked in a process of its own: this one will be the practice house."""
    found: dict[str, Any] = json.loads(_real(["practice", "people"]))
    return found


def _demo_people() -> dict[str, Any]:
    """A house nobody set up yet: the invented staff of the demo hospital practise. Its facility has no code."""
    from django.contrib.auth.hashers import make_password

    from benhan.site import demo
    from benhan.site.setup import kind_of

    password = make_password(demo.PASSWORD)
    people = [
        {
            "username": username,
            "password": password,
            "is_active": True,
            "display_name": name,
            "staff": {
                "full_name": name,
                "job_title": title,
                "position": position,
                "licence_number": "",
                "department": department,
            },
            "roles": [[role, "" if role in demo.EVERYWHERE else department]],
        }
        for username, name, title, position, role, department in demo.CAST
    ]
    return {
        "facility": {"code": "", "name": "Bệnh viện Đa khoa Mẫu Sông Tiền", "governing_body": "Sở Y tế (dữ liệu mẫu)"},
        "departments": [{"code": c, "name": n, "kind": kind_of(c)} for c, n in demo.DEPARTMENTS],
        "people": people,
    }


def _real(arguments: list[str], *, check: bool = True) -> str:
    """A command in the house named by the present environment. Returns what it said."""
    command = [sys.executable, "-m", "benhan", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own command, no shell
    if check and done.returncode != 0:
        raise click.ClickException(done.stderr[-1500:] or done.stdout[-1500:])
    return done.stdout


@click.group(invoke_without_command=True)
@HOST_OPTION
@PORT_OPTION
@click.pass_context
def practice(context: click.Context, host: str, port: int) -> None:
    """The practice house: invented patients, the user names and passwords of the real house, its own database and keys.

    Without a further word: bring it up to date and serve it."""
    if context.invoked_subcommand is None:
        serve_practice(host, port)


def serve_practice(host: str, port: int) -> None:
    """Bring the practice house up to date and serve it."""
    prepare_and_enter()
    from benhan.cli.server import run

    run(host, port)


@practice.command("prepare")
def prepare() -> None:
    """Make the practice house, or bring its people up to date, without serving it."""
    prepare_and_enter()


@practice.command("people", hidden=True)
def people_command() -> None:
    """What the practice house asks the real one."""
    up()
    from django.db import connection

    from benhan.rollout.training import people

    with saying_no():
        ready = "facility_facility" in connection.introspection.table_names()
        click.echo(json.dumps((people.told() if ready else None) or _demo_people(), ensure_ascii=False))


@practice.command("take")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def take(file: Path | None) -> None:
    """Take certificates into the real house: from FILE, or from the practice house on this machine."""
    up()
    from benhan.access.actors import system_actor
    from benhan.rollout.training import handover

    source = file or handover.beside()
    if source is None:
        raise click.UsageError("Chưa có nhà thực hành trên máy này; nêu tên tệp")
    with saying_no():
        new, left_out = handover.take(source.read_bytes(), actor=system_actor("chứng nhận thực hành"))
    for line in left_out:
        click.echo(f"✗ {line}", err=True)
    click.echo(f"Đã nhận {new} chứng nhận mới")
    sys.exit(1 if left_out else 0)


@practice.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--discard", is_flag=True, help="Also when certificates cannot be taken into the real house first.")
def reset(yes: bool, discard: bool) -> None:
    """Throw the invented patients away and begin anew. Certificates go to the real house first."""
    folder = Path(practice_environment()["BENHAN_HOME"])
    if not is_practice(folder):
        raise click.UsageError("Chưa có nhà thực hành nào để làm lại")
    if is_held(folder / SERVING):
        raise Unfit("Nhà thực hành đang chạy; dừng nó trước.", "The practice house is being served; stop it first.")
    if not yes:
        click.confirm("Xóa mọi dữ liệu thực hành?", abort=True)
    real = dict(os.environ)
    if not _kept(folder) and not discard:
        raise click.ClickException("Chưa chuyển được chứng nhận sang nhà thật; dùng --discard để bỏ chúng")
    enter()
    wipe(folder)
    os.environ.clear()
    os.environ.update(real)
    click.echo(_real(["practice", "prepare"]).strip())


def _kept(folder: Path) -> bool:
    """Are the certificates in the real house? A house without certificates, or before its first run, has none to keep."""
    path = folder / "handover.json"
    if not path.exists() or not json.loads(path.read_text(encoding="utf-8"))["list"]["certificates"]:
        return True
    if not _people()["facility"]["code"]:
        return True
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copy(path, scratch)
        return "Đã nhận" in _real(["practice", "take", str(copy)], check=False)


def wipe(folder: Path) -> None:
    """Empty the practice house: its tables when it lives on PostgreSQL, its directory. Only what says that it is one."""
    up()
    from django.db import connection, connections

    from benhan.rollout.training import house

    with saying_no():
        house.require_practice()
        house.require_match()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    connections.close_all()
    shutil.rmtree(folder)


COMMANDS = (practice,)
