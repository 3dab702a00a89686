"""Lines of the process log: what broke and where, never the values it broke on (names, numbers and notes stay out)."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

# Their texts are about the machine: an address that does not answer, a full disk, a setting.
ABOUT_THE_MACHINE = (OSError, OperationalError, InterfaceError, ImproperlyConfigured)
MESSAGE_CHARACTERS_MAX = 200

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Formats as usual, but an exception is told by its kind and its way through the code. A database names the row it
    refused, a parser the text it could not read: such messages are left out, in the causes of an exception too."""

    def formatException(self, ei: ExcInfo) -> str:
        """The trace without the messages."""
        if ei[1] is None:
            return ""
        return "\n".join(_told(ei[1], frozenset()))


def _told(error: BaseException, seen: frozenset[int]) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = _told(cause, seen | {id(error)}) if cause is not None and id(cause) not in seen else []
    lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    first = str(error).splitlines()[:1] if isinstance(error, ABOUT_THE_MACHINE) else []
    return [*lines, f"{kind}: {first[0][:MESSAGE_CHARACTERS_MAX]}" if first else kind]
