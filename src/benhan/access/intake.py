"""What comes in with a request, before anybody reads it: bounded in size, and text that a database can keep."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

Next = Callable[[HttpRequest], HttpResponse]
NUL = "\0"
WHOLE_NUMBER_DIGITS_MAX = 18  # below 2^63, the biggest number of both databases


def intake(get_response: Next) -> Next:
    """Refuse a body nobody may send, before a byte of it is read or put on disk; take NUL characters out of everything
    typed. PostgreSQL cannot store or look for them, and nobody types one: what is around them is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.REQUEST_BYTES_MAX:
            return HttpResponse(_("Nội dung gửi lên quá lớn"), status=413, content_type="text/plain; charset=utf-8")
        request.GET = _without_nul(request.GET)  # type: ignore[assignment]  # immutable again, like the one it replaces
        if request.method == "POST":
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]  # the same
        if any(NUL in value for value in request.COOKIES.values()):
            request.COOKIES = {k: v for k, v in request.COOKIES.items() if NUL not in v}
        return get_response(request)

    return middleware


def whole_number(text: str) -> int | None:
    """A number a request names (a row, a page), or None: `²` counts as a digit for Python, and forty digits fit nowhere."""
    good = text.isascii() and text.isdigit() and len(text) <= WHOLE_NUMBER_DIGITS_MAX
    return int(text) if good else None


def _length(request: HttpRequest) -> int:
    given = whole_number(str(request.META.get("CONTENT_LENGTH") or "0"))
    return sys.maxsize if given is None else given


def _without_nul(given: QueryDict) -> QueryDict:
    if not any(NUL in text for name, values in given.lists() for text in (name, *map(str, values))):
        return given
    kept = QueryDict(mutable=True)
    for name, values in given.lists():
        kept.setlist(name.replace(NUL, ""), [str(v).replace(NUL, "") for v in values])
    kept._mutable = False
    return kept
