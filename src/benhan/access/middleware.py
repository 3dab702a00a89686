"""Three thin layers around every request: security headers, who acts, and how a refusal looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from benhan.access.actors import Actor, actor_for
from benhan.access.models import Account
from benhan.audit import services as audit
from benhan.kernel import clock
from benhan.kernel.errors import Conflict, Invalid, NotFound, Refused, SaysNo, Unavailable

Next = Callable[[HttpRequest], HttpResponse]

# No inline script or style anywhere; pictures may be data (a drawn mark before it is sent).
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; font-src 'self'; "
    "object-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
HTTP_CODES: dict[type[SaysNo], int] = {NotFound: 404, Refused: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
FRAMED_HERE = "benhan_frame"


def headers(get_response: Next) -> Next:
    """Security headers on every answer; pages with patient data are never cached by a browser or a proxy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # PDF pages are shown in a frame of our own page, nowhere else.
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN" if hasattr(response, FRAMED_HERE) else "DENY")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def actor(get_response: Next) -> Next:
    """Set `request.actor`, end idle sessions, and tell the log who is asking."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = _actor_of_session(request)
        request.actor = found  # type: ignore[attr-defined]  # our own attribute of the request
        with audit.acting_as(_who(request, found)):
            if found is not None and _password_is_due(request):
                return HttpResponseRedirect(reverse("access:password"))
            return get_response(request)

    return middleware


def _actor_of_session(request: HttpRequest) -> Actor | None:
    user = request.user
    if not isinstance(user, Account):
        return None
    now = clock.now().timestamp()
    seen = request.session.get("seen", now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        logout(request)
        return None
    # Written at most once a minute: a read page must not cost a write.
    if now - seen > 60 or "seen" not in request.session:
        request.session["seen"] = now
    return actor_for(user)


def _password_is_due(request: HttpRequest) -> bool:
    open_paths = {reverse("access:password"), reverse("access:logout")}
    return bool(request.user.must_change_password) and request.path not in open_paths  # type: ignore[union-attr]


def address_of(request: HttpRequest) -> str:
    """The peer's address. A proxy's header counts only when the operator said that a proxy stands in front."""
    if settings.BEHIND_TLS and "HTTP_X_FORWARDED_FOR" in request.META:
        return str(request.META["HTTP_X_FORWARDED_FOR"]).split(",")[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _who(request: HttpRequest, found: Actor | None) -> audit.Who:
    port = str(request.META.get("REMOTE_PORT", ""))
    session_key = request.session.session_key or ""
    return audit.Who(
        account_id=str(found.account_id) if found else None,
        account_name=found.username if found else "",
        person_name=found.full_name if found else "",
        account_kind="person" if found else "anonymous",
        roles=tuple(sorted(found.roles)) if found else (),
        source_ip=address_of(request),
        source_port=int(port) if port.isdigit() else None,
        device=request.headers.get("User-Agent", "")[:120],
        session=hashlib.sha256(session_key.encode()).hexdigest()[:16] if session_key else "",
    )


class says_no:
    """Turn the closed family of refusals into pages, fragments or JSON. A refusal's body never holds patient data."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; exceptions come to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Map a SaysNo to its answer; let everything else be a bug."""
        if not isinstance(exception, SaysNo):
            return None
        code = next((c for kind, c in HTTP_CODES.items() if isinstance(exception, kind)), 400)
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(error_body(exception), status=code)
        page = "ui/error_fragment.html" if request.headers.get("HX-Request") else "ui/error.html"
        return render(request, page, {"error": exception, "http_code": code}, status=code)


def error_body(no: SaysNo) -> dict[str, object]:
    """The one error shape of all JSON answers."""
    body: dict[str, object] = {"error": no.code, "message": no.message}
    if isinstance(no, Invalid):
        body["fields"] = [{"path": e.path, "code": e.code, "message": e.message} for e in no.errors]
    return body
