"""The closed family of ways to say no. One place per face (page, command, API) maps it; anything else is a bug."""

from __future__ import annotations

from dataclasses import dataclass


class SaysNo(Exception):
    """Base of every refusal a person may meet. `code` is stable; `message` is Vietnamese and free of patient data."""

    code = "no"

    def __init__(self, message: str, *, code: str | None = None, law: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.law = law


@dataclass(frozen=True)
class FieldError:
    """One fault of one field: `path` like `entries.0.pulse`, stable `code`, message in the reader's language."""

    path: str
    code: str
    message: str


class Invalid(SaysNo):
    """The input has faults in named fields; nothing was stored."""

    code = "invalid"

    def __init__(self, errors: list[FieldError], message: str = "Dữ liệu chưa hợp lệ") -> None:
        super().__init__(message)
        self.errors = errors


class Refused(SaysNo):
    """A rule forbids it: permission, record state, signing order…"""

    code = "refused"


class NotFound(SaysNo):
    """It does not exist, or is not yours: the two look the same from outside."""

    code = "not_found"

    def __init__(self, message: str = "Không tìm thấy", *, code: str | None = None) -> None:
        super().__init__(message, code=code)


class Conflict(SaysNo):
    """Someone was faster; reload and look again."""

    code = "conflict"


class Unavailable(SaysNo):
    """Another system did not answer."""

    code = "unavailable"
