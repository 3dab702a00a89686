"""A real house in processes of its own: data directory, database, commands as the operator types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent
PASSPHRASE = "mot cum mat khau that dai"


class House:
    """One installation, on SQLite or, when the tests run on PostgreSQL, on a database of its own there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = ""
        self.environment = {
            **os.environ,
            "BENHAN_HOME": str(home),
            "PYTHONPATH": str(ROOT / "src"),
            "BENHAN_BACKUP_PASSPHRASE": PASSPHRASE,
        }
        self.server = os.environ.get("BENHAN_DATABASE_URL", "")
        if self.server.startswith("postgres"):
            self.database = f"benhan_house_{uuid4().hex[:8]}"
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{self.database}"')
            self.environment["BENHAN_DATABASE_URL"] = self.server.rsplit("/", 1)[0] + f"/{self.database}"
        else:
            self.environment.pop("BENHAN_DATABASE_URL", None)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a `benhan` command; its exit code must be `code`. Returns everything it said."""
        command = [sys.executable, "-c", "from benhan.cli import main; main()", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=240, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == code, (arguments, done.returncode, said[-2000:])
        return said

    def end(self) -> None:
        """Give the database back."""
        if self.database:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
