"""WSGI entry point. Refuses to serve when a route has no declared permission."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from benhan.config.orphan import end_with_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benhan.config.settings")
application = get_wsgi_application()

from benhan.access.web import assert_every_route_declared  # noqa: E402 - needs the loaded apps
from benhan.rollout.training.house import require_match  # noqa: E402 - needs the loaded apps

assert_every_route_declared()
require_match()
connection.close()
end_with_server()
