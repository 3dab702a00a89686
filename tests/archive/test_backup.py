"""Back up while it lives, come back into an empty house, prove the copy; a cut or altered copy is refused with the reason."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from benhan.archive.backups.sealed_stream import SealedReader, SealedWriter
from benhan.kernel.errors import SaysNo
from tests.house_process import PASSPHRASE, House


@pytest.fixture(scope="module")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    house.run("setup", "--with-demo")
    yield house
    house.end()


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "empty")
    yield house
    house.end()


@pytest.fixture(scope="module")
def copy(demo_house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies")
    said = demo_house.run("backup", str(folder), "--prove")
    assert "✓" in said
    return next(folder.glob("*.backup"))


def test_everything_comes_back(demo_house: House, empty_house: House, copy: Path, tmp_path: Path) -> None:
    empty_house.run("restore", str(copy))
    assert "NGUYÊN VẸN" in empty_house.run("audit", "verify")
    number = empty_house.run("record", "list", "--state", "sealed").split("\t")[0]
    assert demo_house.run("record", "list", "--state", "sealed").startswith(number)
    empty_house.run("record", "export", number, "--to", str(tmp_path / "out"))
    package = tmp_path / "out" / number
    root = next((package / "certs").glob("authority-*.cer"))
    empty_house.run("verify", str(package), "--anchor", str(root))


def test_a_house_in_use_is_not_overwritten(demo_house: House, copy: Path) -> None:
    assert "not_empty" in demo_house.run("restore", str(copy), code=1)


@pytest.mark.parametrize(
    ("change", "code"),
    [("cut", "backup_truncated"), ("flip", "backup_altered"), ("tail", "backup_altered"), ("other", "backup_format")],
)
def test_a_cut_or_altered_copy_is_refused_and_touches_nothing(
    empty_house: House, copy: Path, tmp_path: Path, change: str, code: str
) -> None:
    data = bytearray(copy.read_bytes())
    if change == "cut":
        data = data[: len(data) - 100]
    elif change == "flip":
        data[len(data) // 2] ^= 1
    elif change == "tail":
        data += b"more"
    else:
        data[0] ^= 1
    bad = tmp_path / "bad.backup"
    bad.write_bytes(bytes(data))
    assert code in empty_house.run("restore", str(bad), code=1)
    assert not (empty_house.home / "blobs").exists()


def test_a_wrong_passphrase_opens_nothing(empty_house: House, copy: Path) -> None:
    empty_house.environment["BENHAN_BACKUP_PASSPHRASE"] = "mot cum mat khau khac han"
    assert "backup_altered" in empty_house.run("restore", str(copy), code=1)


def test_a_copy_holds_nothing_readable(copy: Path) -> None:
    data = copy.read_bytes()
    assert "Nguyễn".encode() not in data
    assert b"SQLite format" not in data


@given(st.lists(st.binary(max_size=3_000_000), max_size=3))
@hypothesis_settings(max_examples=8, deadline=None)
def test_a_sealed_stream_gives_back_what_went_in(parts: list[bytes]) -> None:
    out = io.BytesIO()
    writer = SealedWriter(out, PASSPHRASE)
    for part in parts:
        writer.write(part)
    writer.finish()
    reader = SealedReader(io.BytesIO(out.getvalue()), PASSPHRASE)
    assert reader.read() == b"".join(parts)
    reader.assert_whole()


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(SaysNo):
        SealedWriter(io.BytesIO(), "ngan")
