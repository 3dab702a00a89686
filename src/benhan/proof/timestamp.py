"""RFC 3161 time stamps over HTTP, for seals (and later for long-term evidence)."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from benhan.kernel.errors import Invalid, FieldError, Unavailable

ANSWER_BYTES_MAX = 256 * 1024
WAIT_SECONDS = 15


class HttpTimeStamper(TimeStamper):
    """A time-stamp authority at an http(s) address. No answer in time is Unavailable, never a pretended stamp."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("https://", "http://")):
            raise Invalid([FieldError("tsa_url", "format", "Địa chỉ TSA bắt đầu bằng https:// hoặc http://")])
        self.address = address
        super().__init__()

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a request and return the parsed answer (pyHanko checks it)."""
        return tsp.TimeStampResp.load(await asyncio.to_thread(self._post, req.dump()))

    def _post(self, body: bytes) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked in __init__
            self.address, data=body, headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:  # noqa: S310 - as above
                return bytes(answer.read(ANSWER_BYTES_MAX))
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            raise Unavailable("Cơ quan cấp dấu thời gian không trả lời; hãy thử lại sau", code="tsa_unavailable") from error
