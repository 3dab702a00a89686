"""The last app to become ready: connects who listens to whom, then checks that every route is guarded."""

from __future__ import annotations

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Runs the wiring once all rooms are loaded."""

    name = "benhan.config"
    label = "house"

    def ready(self) -> None:
        """Wire the house; see `benhan.config.wiring`."""
        from django.conf import settings

        from benhan.config import wiring
        from benhan.law import codes

        if settings.BENHAN_CODES is not None:
            codes.use_folder(settings.BENHAN_CODES)
        wiring.connect()
