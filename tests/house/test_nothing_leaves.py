"""Nothing leaves the house by itself (PDP-10): two files may open a connection to elsewhere, when an operator named whom."""

from __future__ import annotations

import ast
from pathlib import Path

from benhan.signing import certificates

SOURCE = Path(certificates.__file__).parents[1]
OUTWARD = {"urllib.request", "http.client", "smtplib", "ftplib", "imaplib", "telnetlib", "socket"}
OUTWARD |= {"requests", "httpx", "aiohttp", "urllib3", "websockets"}
ALLOWED = {
    "proof/timestamp.py": {"http.client", "urllib.request"},  # the time-stamp authority of the facility's rules
    "rollout/reporting/sending.py": {"http.client", "urllib.request"},  # the health department's address of the rules
    "rollout/readiness/checks_machine.py": {"socket"},  # looks whether a port opens on the own IPv6
    "cli/server.py": {"socket"},  # looks whether the own port is free
    "audit/export.py": {"socket"},  # the own host's name in a line of the log
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name in OUTWARD or name.split(".")[0] in OUTWARD}


def test_only_what_an_operator_named_is_asked_elsewhere() -> None:
    found = {path.relative_to(SOURCE).as_posix(): names for path in SOURCE.rglob("*.py") if (names := imported(path))}
    assert found == ALLOWED


def test_no_time_stamp_authority_is_asked_unless_one_was_named(db: None) -> None:
    assert certificates.time_stamper() is None
