"""What an operator meets on a bad day: told in Vietnamese and English, never as a trace."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from benhan.archive.backups import services as backups
from benhan.archive.backups.sealed_stream import SealedWriter
from benhan.archive.models import BackupRun
from benhan.cli import main
from benhan.kernel import clock

ROOT = Path(__file__).parents[2]
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("BENHAN_")}


def benhan(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benhan", *words],
        env={**CLEAN, "PYTHONPATH": str(ROOT / "src"), "BENHAN_HOME": str(home), **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_told(done: subprocess.CompletedProcess[str], vietnamese: str, english: str) -> None:
    assert done.returncode == 2, done.stderr
    assert vietnamese in done.stderr
    assert english in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/benhan")):
        assert_told(benhan(home, "setup"), "Không ghi được vào thư mục dữ liệu", "Cannot write to the data directory")


@pytest.mark.parametrize(
    "address", ["mysql://u:geheim@h/x", "nonsense", "postgresql://u:geheim@h:port/x", "postgresql://[::1"]
)
def test_a_database_address_that_is_none(tmp_path: Path, address: str) -> None:
    done = benhan(tmp_path, "doctor", BENHAN_DATABASE_URL=address)
    assert_told(done, "BENHAN_DATABASE_URL chưa đúng", "BENHAN_DATABASE_URL is wrong")
    assert "geheim" not in done.stderr


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    done = benhan(tmp_path, "setup", BENHAN_DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x")
    assert_told(done, "Không kết nối được cơ sở dữ liệu", "Cannot connect to the database")
    assert "geheim" not in done.stderr


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "benhan.sqlite3").write_bytes(b"no database at all" * 100)
    assert_told(benhan(tmp_path, "doctor"), "Không kết nối được cơ sở dữ liệu", "Cannot connect to the database")


def test_a_port_that_is_taken_and_an_address_that_is_not_ours(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_told(benhan(tmp_path, "serve", "--port", port), f"Không mở được cổng {port}", f"Cannot open port {port}")
    done = benhan(tmp_path, "serve", "--host", "192.0.2.1", "--port", "18000")
    assert_told(done, "Không mở được cổng", "Cannot open port")


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A server on a free port that answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "benhan", "serve", "--port", str(port)],
        env={**CLEAN, "PYTHONPATH": str(ROOT / "src"), "BENHAN_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def gone(pids: list[int]) -> bool:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids):
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_a_server_that_is_stopped_or_killed_leaves_nobody_behind(
    serving: subprocess.Popen[str], how: signal.Signals
) -> None:
    below = children(serving.pid)
    assert below
    serving.send_signal(how)
    said, _ = serving.communicate(timeout=60)
    assert "Traceback" not in said
    assert gone(below)
    if how is signal.SIGINT:
        assert "đã dừng" in said


def test_two_set_ups_at_once_make_one_house(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "benhan", "setup", "--with-demo"]
    env = {**CLEAN, "PYTHONPATH": str(ROOT / "src"), "BENHAN_HOME": str(tmp_path)}
    both = [subprocess.Popen(words, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "12"]
    for one in both:
        said, wrong = one.communicate(timeout=240)
        assert one.returncode == 0, wrong
        assert "Sẵn sàng" in said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "đĩa đầy"), (errno.EACCES, "không có quyền ghi")])
def test_a_full_disk_under_the_back_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def full(self: SealedWriter, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setenv("BENHAN_BACKUP_PASSPHRASE", "mot-cum-mat-khau-dai")
    monkeypatch.setattr(SealedWriter, "write", full)
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "copies")])
    assert done.exit_code == 1
    assert words in done.output
    assert not list((tmp_path / "copies").iterdir())
    monkeypatch.setenv("BENHAN_BACKUP_DIR", str(tmp_path / "copies"))
    assert backups.duty(clock.now()) == "failed"  # noted for the page; the background process goes on
    assert words in BackupRun.objects.latest("pk").detail


def sh(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", *words], cwd=folder, env={**CLEAN, **more}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (["--port"], "Thiếu giá trị", "needs a value"),
        (["--port", "achttausend"], "Cổng phải là số", "must be a number"),
        (["--colour"], "Không có tùy chọn", "Unknown option"),
    ],
)
def test_run_with_wrong_options(words: list[str], vietnamese: str, english: str) -> None:
    assert_told(sh(ROOT, "./run", *words), vietnamese, english)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts alone, with a machine that has only an old Python."""
    shutil.copy(ROOT / "run", tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    for tool in ("sh", "dirname", "cksum", "tr", "cat", "mkdir", "rm", "id", "sleep"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def test_run_on_an_old_python(checkout: Path) -> None:
    done = sh(checkout, "./run", PATH=str(checkout / "bin"))
    assert_told(done, "cần Python 3.11 trở lên; máy này có: Python 3.9.2", "needs Python 3.11 or newer")


def test_the_lock_of_a_killed_set_up_is_taken_over(checkout: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    (checkout / ".venv.lock").mkdir()
    (checkout / ".venv.lock" / "pid").write_text(str(dead.pid))
    done = sh(checkout, "-c", "set -eu; . ./scripts/venv.sh; venv_lock .venv; cat .venv.lock/pid; echo $$")
    assert done.returncode == 0, done.stderr
    owner, me = done.stdout.split()
    assert owner == me
