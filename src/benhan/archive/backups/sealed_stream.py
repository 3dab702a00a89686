"""An encrypted stream: scrypt makes the key from a passphrase, AES-256-GCM seals numbered chunks, the last one says so.

A cut, swapped, repeated or altered chunk does not open, and a missing end is noticed: the number and the end mark are
part of what each chunk authenticates.
"""

from __future__ import annotations

import io
import json
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from benhan.kernel.errors import FieldError, Invalid, Refused

MAGIC = b"BENHAN-BACKUP-1\n"
CHUNK_BYTES = 1024 * 1024
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1
PASSPHRASE_CHARACTERS_MIN = 12
_HEAD = struct.Struct(">IB")


def _key(passphrase: str, salt: bytes, n: int) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=n, r=SCRYPT_R, p=SCRYPT_P).derive(passphrase.encode("utf-8")))


def _aad(index: int, last: bool) -> bytes:
    return b"chunk" + index.to_bytes(8, "big") + (b"L" if last else b"M")


class SealedWriter(io.RawIOBase):
    """A file-like object: what is written comes out encrypted."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < PASSPHRASE_CHARACTERS_MIN:
            raise Invalid(
                [
                    FieldError(
                        "passphrase", "short", f"Cụm mật khẩu sao lưu cần ít nhất {PASSPHRASE_CHARACTERS_MIN} ký tự"
                    )
                ]
            )
        salt = os.urandom(16)
        self._key, self._target, self._buffer, self._index = _key(passphrase, salt, SCRYPT_N), target, bytearray(), 0
        target.write(MAGIC + json.dumps({"salt": salt.hex(), "n": SCRYPT_N}).encode("ascii") + b"\n")

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; full chunks go out at once."""
        given = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._buffer += given
        while len(self._buffer) > CHUNK_BYTES:
            self._put(bytes(self._buffer[:CHUNK_BYTES]), last=False)
            del self._buffer[:CHUNK_BYTES]
        return len(given)

    def finish(self) -> None:
        """Write the last chunk, marked as the end."""
        self._put(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _put(self, data: bytes, *, last: bool) -> None:
        nonce = self._index.to_bytes(12, "big")  # unique: the key is made anew for every file
        sealed = self._key.encrypt(nonce, data, _aad(self._index, last))
        self._target.write(_HEAD.pack(len(sealed), last) + sealed)
        self._index += 1


class SealedReader(io.RawIOBase):
    """A file-like object: reads what `SealedWriter` wrote, or refuses with the reason."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise Refused("Tệp này không phải bản sao lưu của benhan", code="backup_format")
        try:
            head = json.loads(source.readline(200))
            self._key = _key(passphrase, bytes.fromhex(head["salt"]), min(int(head["n"]), 2**20))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise Refused("Phần đầu của bản sao lưu đã hỏng", code="backup_altered") from error
        self._source, self._index, self._ended, self._buffer = source, 0, False, bytearray()

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give up to `size` bytes; every one of them authenticated."""
        while not self._ended and (size < 0 or len(self._buffer) < size):
            self._fill()
        count = len(self._buffer) if size < 0 else size
        given = bytes(self._buffer[:count])
        del self._buffer[:count]
        return given

    def assert_whole(self) -> None:
        """After reading: was the marked end reached, and nothing behind it?"""
        while not self._ended:
            self._fill()
        if self._source.read(1):
            raise Refused("Sau phần cuối của bản sao lưu còn dữ liệu lạ", code="backup_altered")

    def _fill(self) -> None:
        head = self._source.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise Refused("Bản sao lưu bị cắt cụt: không có phần cuối", code="backup_truncated")
        length, last = _HEAD.unpack(head)
        sealed = self._source.read(length) if length <= CHUNK_BYTES + 64 else b""
        if len(sealed) != length:
            raise Refused("Bản sao lưu bị cắt cụt", code="backup_truncated")
        try:
            self._buffer += self._key.decrypt(self._index.to_bytes(12, "big"), sealed, _aad(self._index, bool(last)))
        except InvalidTag as error:
            reason = "sai cụm mật khẩu, hoặc bản sao lưu đã bị sửa" if self._index == 0 else "bản sao lưu đã bị sửa"
            raise Refused(f"Không mở được: {reason}", code="backup_altered") from error
        self._index, self._ended = self._index + 1, bool(last)
