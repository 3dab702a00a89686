"""Django settings. Everything an operator may change comes from the environment and is listed in docs/admin.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

from benhan.config.home import home, is_practice, secret

BENHAN_HOME = home()
BENHAN_PRACTICE = is_practice(BENHAN_HOME)
SECRET_KEY = os.environ.get("BENHAN_SECRET_KEY") or secret("django.key")
BENHAN_MASTER_SECRET = os.environ.get("BENHAN_MASTER_SECRET") or secret("master.key")
DEBUG = os.environ.get("BENHAN_DEBUG") == "1"
ALLOWED_HOSTS = [h for h in os.environ.get("BENHAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("BENHAN_ORIGINS", "").split(",") if o]
BENHAN_LOOKUP_URL = os.environ.get(
    "BENHAN_LOOKUP_URL", ""
)  # where people outside reach the look-up page; printed in QRs
BEHIND_TLS = os.environ.get("BENHAN_TLS") == "1"

# A folder of newer code lists, e.g. the ministry's ICD-10 (docs/forms.md).
BENHAN_CODES = Path(os.environ["BENHAN_CODES"]) if os.environ.get("BENHAN_CODES") else None

ROOMS = [
    "benhan.ui",
    "benhan.audit",
    "benhan.facility",
    "benhan.access",
    "benhan.formbook",
    "benhan.phrases",
    "benhan.patients",
    "benhan.signing",
    "benhan.records",
    "benhan.archive",
    "benhan.clinical",
    "benhan.exchange.bhyt",
    "benhan.exchange.cv365",
    "benhan.rollout.readiness",
    "benhan.rollout.survey",
    "benhan.rollout.plan",
    "benhan.rollout.dossier",
    "benhan.rollout.stopping",
    "benhan.rollout.training",
    "benhan.rollout.duties",
    "benhan.rollout.reporting",
    "benhan.rollout.authority",
    "benhan.site",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *ROOMS,
    "benhan.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "benhan.access.middleware.headers",
    "benhan.access.intake.intake",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "benhan.ui.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "benhan.access.middleware.actor",
    "benhan.access.middleware.says_no",
]

# `benhan serve --authority`: the rooms of a health department instead of a hospital's, over a data directory of its own.
BENHAN_AUTHORITY = os.environ.get("BENHAN_AUTHORITY") == "1"
ROOT_URLCONF = "benhan.site.urls_authority" if BENHAN_AUTHORITY else "benhan.site.urls"
WSGI_APPLICATION = "benhan.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {"BACKEND": "benhan.ui.jinja.Templates", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}},
]


def _database() -> dict[str, Any]:
    """SQLite under BENHAN_HOME unless BENHAN_DATABASE_URL names another; why these options: docs/decisions/database.md."""
    url = os.environ.get("BENHAN_DATABASE_URL") or f"sqlite:///{BENHAN_HOME / 'benhan.sqlite3'}"
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        }
        config["CONN_MAX_AGE"] = None
    else:
        config["CONN_MAX_AGE"] = 0
        # A server-side cursor that is left half read is closed by the garbage collector, at any moment, also while the same
        # thread holds the connection for another question: it then waits for itself, for ever.
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        pool_max = int(os.environ.get("BENHAN_POOL_MAX", "20"))
        config.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": pool_max, "timeout": 20}
    config["ATOMIC_REQUESTS"] = False
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_NON_SERIALIZED_APPS: list[str] = []

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["benhan.access.backend.AccountBackend"]
PASSWORD_HASHERS = ["benhan.access.hashing.ModestArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    # ACC-14: 14 characters without a second factor
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "access:login"
LOGIN_REDIRECT_URL = "site:home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A browser sends cookies to every port of a machine: the practice house beside the real one needs names of its own.
SESSION_COOKIE_NAME = "benhan_practice_session" if BENHAN_PRACTICE else "benhan_session"
CSRF_COOKIE_NAME = "benhan_practice_csrf" if BENHAN_PRACTICE else "csrftoken"
SESSION_COOKIE_AGE = int(os.environ.get("BENHAN_SESSION_SECONDS", str(12 * 3600)))
SESSION_IDLE_SECONDS = int(os.environ.get("BENHAN_SESSION_IDLE_SECONDS", str(30 * 60)))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = False  # htmx reads the token from a meta tag; the cookie itself stays unused by scripts
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [str(Path(__file__).resolve().parent.parent / "locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # files are served from the package; nothing is collected, so there is no STATIC_ROOT
WHITENOISE_AUTOREFRESH = DEBUG

REQUEST_BYTES_MAX = 66 * 1024 * 1024  # the largest upload a page takes, and its envelope
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 600  # a district sends its facilities' reports together
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "benhan.config.log_lines.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("BENHAN_LOG", "WARNING")},
}
