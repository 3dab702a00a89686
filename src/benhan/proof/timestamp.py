"""Time stamps (RFC 3161): a client for an authority over HTTP. "Could not reach" is Unavailable, not invalid."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from asn1crypto import tsp
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from benhan.kernel.errors import FieldError, Invalid, Unavailable

__all__ = ["HttpTimeStamper", "TimeStamper", "TimestampRequestError"]

TIMEOUT_SECONDS = 8
ANSWER_BYTES_MAX = 64 * 1024
WRONG_ANSWER = "Cơ quan cấp dấu thời gian trả lời không đúng chuẩn RFC 3161"


class HttpTimeStamper(TimeStamper):
    """Asks a time-stamp authority at a URL; give it to `sign(tsa=…)`. The nonce of each request is checked."""

    def __init__(
        self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS, headers: Mapping[str, str] | None = None
    ) -> None:
        """`headers` for authorities that want a key. Invalid when the address is not http(s)."""
        if not url.startswith(("https://", "http://")):
            raise Invalid(
                [
                    FieldError(
                        "url", "tsa_url", "Địa chỉ cơ quan cấp dấu thời gian phải bắt đầu bằng http:// hoặc https://"
                    )
                ]
            )
        super().__init__(include_nonce=True)
        self.url = url
        self.timeout_seconds = timeout_seconds
        self.headers = dict(headers or {})

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request. Unavailable (`tsa_unreachable`, `tsa_answer`) when no time stamp comes back."""
        answer = await asyncio.to_thread(self._ask, req.dump())
        _assert_answers(answer, req)
        return answer

    def _ask(self, body: bytes) -> tsp.TimeStampResp:
        headers = {
            **self.headers,
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        }
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  # scheme checked above
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310  # scheme checked above
                data = answer.read(ANSWER_BYTES_MAX + 1)
                kind = answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            error.close()
            raise Unavailable(f"Cơ quan cấp dấu thời gian trả lỗi HTTP {error.code}", code="tsa_answer") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable("Không kết nối được cơ quan cấp dấu thời gian", code="tsa_unreachable") from error
        if kind != "application/timestamp-reply" or len(data) > ANSWER_BYTES_MAX:
            raise Unavailable(WRONG_ANSWER, code="tsa_answer")
        try:
            return tsp.TimeStampResp.load(data, strict=True)
        except ValueError as error:
            raise Unavailable(WRONG_ANSWER, code="tsa_answer") from error


def _assert_answers(answer: tsp.TimeStampResp, request: tsp.TimeStampReq) -> None:
    """A stamp must be granted, over our digest and for our nonce; an older or foreign one is no answer."""
    try:
        granted = answer["status"]["status"].native in ("granted", "granted_with_mods")
        asked: Any = request
        stamp: Any = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed if granted else None
        same = stamp is not None and stamp["nonce"].native == asked["nonce"].native
        same = same and stamp["message_imprint"].dump() == asked["message_imprint"].dump()
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unavailable(WRONG_ANSWER, code="tsa_answer") from error
    if not granted:
        raise Unavailable("Cơ quan cấp dấu thời gian từ chối cấp dấu", code="tsa_answer")
    if not same:
        raise Unavailable("Dấu thời gian nhận được không phải cho chữ ký này", code="tsa_answer")
