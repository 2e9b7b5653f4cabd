"""Django's settings, made from the configuration of the workspace that this process serves.

Without a workspace (tests, documentation) the database is in memory and the key is drawn anew.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from headworks.store import Workspace
from headworks.web.configuration import (
    WORKSPACE_VARIABLE,
    ServerConfiguration,
    read_configuration,
    read_secret,
    secret_key,
    server_folder,
)

_HERE = Path(__file__).parent


def _databases(said: ServerConfiguration, folder: Path | None) -> dict[str, dict[str, Any]]:
    if said.database_url_file:
        return {"default": _postgres(read_secret(said.database_url_file))}
    name = ":memory:" if folder is None else str(folder / "headworks.sqlite3")
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options}
    # A thread keeps its connection: opening one costs more than most pages read.
    return {"default": engine | ({} if folder is None else {"CONN_MAX_AGE": 600})}


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


_path = os.environ.get(WORKSPACE_VARIABLE)
_workspace = Workspace.open(Path(_path)) if _path else None
# Tests without a workspace may name a database of their own.
_TEST_DATABASE = os.environ.get("HEADWORKS_SERVER_DATABASE_URL_FILE", "")
SERVER = ServerConfiguration(database_url_file=_TEST_DATABASE) if _workspace is None else read_configuration(_workspace)
HEADWORKS_WORKSPACE = _path or ""

SECRET_KEY = secrets.token_urlsafe(48) if _workspace is None else secret_key(_workspace)
DEBUG = SERVER.debug
# Where mail is not set up nothing is sent: the digest refuses before it connects.
EMAIL_HOST, EMAIL_PORT = SERVER.mail_host or "localhost", SERVER.mail_port
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *SERVER.allowed_hosts]
DATABASES = _databases(SERVER, None if _workspace is None else server_folder(_workspace))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "headworks.web.accounts",
    "headworks.web.access",
    "headworks.web.audit",
    "headworks.web.work",
    "headworks.web.figures",
    "headworks.web.situation",
    "headworks.web.operations",
    "headworks.web.signals",
    "headworks.web.lists",
    "headworks.web.reporting",
    "headworks.web.public",
    "headworks.web.api",
]
MIDDLEWARE = [
    "headworks.web.middleware.security_headers",
    "headworks.web.service.request_limits.limit_bodies",
    "headworks.web.service.request_limits.refuse_other_origins",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "headworks.web.middleware.request_identity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "headworks.web.access.middleware.attach_reader",
    "headworks.web.audit.middleware.audit_requests",
    "headworks.web.accounts.middleware.gate",
    "headworks.web.middleware.say_errors",
]
ROOT_URLCONF = "headworks.web.urls"
WSGI_APPLICATION = "headworks.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "headworks.web.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "headworks.web.figures.templatetags.figures",
                "headworks.web.refusals",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "front"
PASSWORD_HASHERS = ["headworks.web.accounts.proofs.password_hash.Argon2"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("username", "label")}},
]
SESSION_ENGINE = "headworks.web.accounts.sessions"

# A cookie named __Host- is taken by browsers over https alone.
SESSION_COOKIE_NAME = "__Host-session" if SERVER.behind_tls else "headworks-session"
CSRF_COOKIE_NAME = "__Host-csrf" if SERVER.behind_tls else "headworks-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVER.behind_tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# How long a session may lie idle; the cookie itself ends with the browser.
SESSION_COOKIE_AGE = int(SERVER.session_hours * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SAVE_EVERY_REQUEST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVER.behind_tls else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SERVER.behind_tls else 0
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in SERVER.allowed_hosts] if SERVER.behind_tls else []
CSRF_FAILURE_VIEW = "headworks.web.errors.csrf_failure"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ja", "日本語")]
LOCALE_PATHS = [_HERE / "locale"]
FORMAT_MODULE_PATH = "headworks.web.formats"
LANGUAGE_COOKIE_NAME = "headworks-language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
TIME_ZONE = (_workspace.settings.timezone if _workspace else None) or "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
