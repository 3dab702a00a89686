"""Read a package from a directory or a .zip without trusting it: no way out of it, no links, a limit on everything."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Protocol

FILES_MAX = 200_000
FILE_BYTES_MAX = 200 * 1024 * 1024
TOTAL_BYTES_MAX = 50 * 1024 * 1024 * 1024
PATH_CHARACTERS_MAX = 200
_SAFE = re.compile(r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")


class Unreadable(Exception):
    """The container or one of its files can't be read; the message is Vietnamese and safe to show."""


class Container(Protocol):
    """Files by path."""

    def paths(self) -> list[str]:
        """Every file, sorted. Raises Unreadable when the container itself is wrong."""

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises Unreadable."""

    def close(self) -> None:
        """Let go of the file."""


def is_safe_path(path: str) -> bool:
    """True for a plain relative path of ordinary characters: no `..`, drive, backslash or hidden file."""
    return len(path) <= PATH_CHARACTERS_MAX and bool(_SAFE.match(path))


def open_container(path: Path) -> Container:
    """Open a directory or a .zip file. Raises Unreadable."""
    if path.is_dir():
        return _Directory(path)
    if path.is_file() and zipfile.is_zipfile(path):
        return _Zip(path)
    raise Unreadable("Không phải thư mục hoặc tệp .zip của một gói hồ sơ")


class _Directory:
    def __init__(self, root: Path) -> None:
        self._root = root

    def paths(self) -> list[str]:
        found: list[str] = []
        for folder, folders, files in os.walk(self._root, followlinks=False):
            for name in [*folders, *files]:
                if (Path(folder) / name).is_symlink():
                    raise Unreadable(f"Gói chứa liên kết, không được phép: {name[:80]}")
            for name in files:
                found.append((Path(folder) / name).relative_to(self._root).as_posix())
            if len(found) > FILES_MAX:
                raise Unreadable("Gói có quá nhiều tệp")
        return sorted(found)

    def read(self, path: str) -> bytes:
        target = self._root / path
        if not is_safe_path(path) or target.is_symlink() or not target.is_file():
            raise Unreadable(f"Không đọc được tệp {path[:80]}")
        try:
            if target.stat().st_size > FILE_BYTES_MAX:
                raise Unreadable(f"Tệp quá lớn: {path[:80]}")
            return target.read_bytes()
        except OSError as error:
            raise Unreadable(f"Không đọc được tệp {path[:80]}") from error

    def close(self) -> None:
        """Nothing is held open."""


class _Zip:
    def __init__(self, path: Path) -> None:
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable("Tệp .zip hỏng hoặc bị cắt") from error

    def paths(self) -> list[str]:
        entries = [e for e in self._file.infolist() if not e.is_dir()]
        names = [e.filename for e in entries]
        if len(entries) > FILES_MAX or sum(e.file_size for e in entries) > TOTAL_BYTES_MAX:
            raise Unreadable("Gói có quá nhiều tệp hoặc quá lớn")
        if len(set(names)) != len(names):
            raise Unreadable("Tệp .zip có hai tệp cùng tên")
        if any(stat.S_ISLNK(e.external_attr >> 16) for e in entries):
            raise Unreadable("Gói chứa liên kết, không được phép")
        return sorted(names)

    def read(self, path: str) -> bytes:
        try:
            with self._file.open(path) as file:
                data = file.read(FILE_BYTES_MAX + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            # RuntimeError is how zipfile says "encrypted"; NotImplementedError an unknown compression.
            raise Unreadable(f"Không đọc được tệp {path[:80]}") from error
        if len(data) > FILE_BYTES_MAX:
            raise Unreadable(f"Tệp quá lớn: {path[:80]}")
        return data

    def close(self) -> None:
        self._file.close()
