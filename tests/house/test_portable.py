"""The house also runs on Windows: what only POSIX has is guarded, text files name their encoding, run.cmd is well formed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "posix", "syslog", "crypt"}
WINDOWS_MODULES = {"msvcrt", "winreg", "_winapi", "winsound"}
POSIX_CALLS = {
    "fork", "forkpty", "getuid", "geteuid", "getgid", "setuid", "setsid", "chown", "lchown", "fchmod", "fchown", "killpg",
    "mkfifo", "uname", "statvfs", "getloadavg", "sched_getaffinity", "wait3", "wait4", "nice", "sync", "getpgid",
}  # fmt: skip
POSIX_SIGNALS = {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGALRM", "SIGPIPE", "SIGQUIT"}
POSIX_WORDS = {"preexec_fn", "start_new_session"}
ROOTED = re.compile(r"^/(tmp|dev|etc|usr|var|bin|proc|run|home)(/|$)")


def unguarded(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under an `if` that asks for the platform."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and re.search(r"sys\.platform|os\.name", ast.unparse(node.test)):
            continue
        yield node
        yield from unguarded(node)


def faults(tree: ast.AST) -> list[str]:
    found = []
    for node in unguarded(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in POSIX_MODULES | WINDOWS_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "") in POSIX_MODULES | WINDOWS_MODULES:
            found.append(str(node.module))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if (node.value.id == "os" and node.attr in POSIX_CALLS) or (
                node.value.id == "signal" and node.attr in POSIX_SIGNALS
            ):
                found.append(name)
        elif isinstance(node, ast.keyword) and node.arg in POSIX_WORDS:
            found.append(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ROOTED.match(node.value):
            found.append(node.value)
        elif isinstance(node, ast.Call) and _text_without_encoding(node):
            found.append(ast.unparse(node)[:80])
    return found


def _text_without_encoding(call: ast.Call) -> bool:
    """`open`, `read_text`, `write_text` in text mode: Windows would take the code page of the machine."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    named = {k.arg for k in call.keywords}
    if name in ("read_text", "write_text"):
        return "encoding" not in named and len(call.args) < (2 if name == "write_text" else 1)
    if name != "open" or "encoding" in named or "fileobj" in named:
        return False
    modes = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return not any("b" in m or "|" in m for m in modes) and (bool(modes) or isinstance(call.func, ast.Name))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_nothing_that_only_posix_has(path: Path) -> None:
    assert faults(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "import fcntl",
        "from pwd import getpwnam",
        "os.fork()",
        "p.send_signal(signal.SIGKILL)",
        "Popen(x, preexec_fn=y)",
        "Path('/tmp/x')",
        "open('x')",
        "p.read_text()",
        "p.write_text(text)",
        "p.open('w')",
    ],
)
def test_the_test_itself_finds_them(line: str) -> None:
    assert faults(ast.parse(line))
    assert not faults(ast.parse(f"if sys.platform != 'win32':\n    {line}"))


def test_run_cmd_keeps_the_rules_of_batch_files() -> None:
    data = (ROOT / "run.cmd").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 10  # labels are missed in files with bare line feeds
    text = data.decode("ascii")  # other signs depend on the code page of the console
    labels = set(re.findall(r"(?m)^:(\w+)", text))
    assert set(re.findall(r"goto (\w+)", text)) <= labels
    assert text.startswith("@echo off")
    assert "*.cmd text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    for option in ("--setup", "--empty", "--port", "--host"):
        assert option in text
        assert option in (ROOT / "run").read_text(encoding="utf-8")
