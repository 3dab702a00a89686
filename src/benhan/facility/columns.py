"""Text that does not fit its column is refused in words, the same on every database (SQLite would keep it silently)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from benhan.kernel.errors import FieldError


def too_long(model: type[Model], values: Mapping[str, object]) -> list[FieldError]:
    """A fault for every text longer than its column: refused in words, never cut off in silence."""
    widths = {f.name: f.max_length for f in model._meta.concrete_fields if f.max_length}
    return [
        FieldError(name, "too_long", f"Nội dung dài quá {widths[name]} ký tự")
        for name, value in values.items()
        if name in widths and isinstance(value, str) and len(value) > widths[name]
    ]
