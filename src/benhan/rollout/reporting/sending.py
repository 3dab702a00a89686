"""One request to the department's address of the facility's rules. No other address is ever asked."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass

TIMEOUT_SECONDS = 20
ANSWER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What the department said."""

    accepted: bool
    said: str


def post(address: str, data: bytes) -> Answer:
    """Send a report. Every way it can go wrong comes back as words: nothing is lost, it can be sent again or carried as a file."""
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310 - https checked where it was set
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the same
            return Answer(True, _said(answer.read(ANSWER_BYTES_MAX)) or "đã nhận")
    except urllib.error.HTTPError as error:
        with error:
            return Answer(False, _said(error.read(ANSWER_BYTES_MAX)) or f"lỗi HTTP {error.code}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(False, f"không kết nối được ({type(error).__name__}); gửi lại sau hoặc tải tệp gửi qua thư")


def _said(data: bytes) -> str:
    try:
        told = json.loads(data.decode("utf-8"))
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    inner = told.get("error")
    return str(inner.get("message", ""))[:400] if isinstance(inner, dict) else str(told.get("message", ""))[:400]
