"""The data directory (BENHAN_HOME): database, signed files, keys, anchors. Secrets are made here, never shipped."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path


def home() -> Path:
    """Return the data directory, made with owner-only rights when new."""
    given = os.environ.get("BENHAN_HOME")
    path = Path(given).expanduser() if given else default_home()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path.resolve()


def default_home() -> Path:
    """Where the data lie when nobody says otherwise: `%LOCALAPPDATA%` on Windows, `~/.local/share` elsewhere."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "benhan"
    return Path(os.environ.get("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))) / "benhan"


PRACTICE_MARK = "practice.house"  # a file in the data directory of a house that is only for practice


def is_practice(path: Path) -> bool:
    """Is this the data directory of a practice house? Told by the directory itself, so that no way of starting the program
    can show invented patients without the words that say so."""
    return (path / PRACTICE_MARK).exists()


def secret(name: str, *, bytes_count: int = 48) -> str:
    """Return a secret kept in `keys/NAME`, made on first use; two processes starting together agree on one."""
    folder = home() / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        fresh = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        fresh.write_text(secrets.token_urlsafe(bytes_count), encoding="ascii")
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)  # fails when another process was faster; theirs then counts
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links: the rename is still atomic
            if not path.exists():
                os.replace(fresh, path)
        fresh.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
