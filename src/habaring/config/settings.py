"""Every setting, read from the environment; what cannot be read is refused.

`.env.example` lists each variable with its meaning and a safe value.
"""

import json
import os
import secrets
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from habaring.config import embedded

PACKAGE_DIR = Path(__file__).resolve().parent.parent


def env_bool(name: str, default: bool) -> bool:  # noqa: FBT001 - mirrors os.environ.get
    text = os.environ.get(name)
    if text is None:
        return default
    if text not in {"True", "False"}:
        raise ImproperlyConfigured(f"{name} must be True or False, not {text!r}.")
    return text == "True"


def env_int(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def env_list(name: str, default: str = "") -> list[str]:
    return [
        part.strip()
        for part in os.environ.get(name, default).split(",")
        if part.strip()
    ]


def env_networks(name: str) -> list[str]:
    networks = env_list(name)
    for text in networks:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} must list networks such as 10.0.0.0/8, not {text!r}."
            ) from None
    return networks


def env_json(name: str, default: str) -> Any:
    try:
        return json.loads(os.environ.get(name, default))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be JSON.") from None


def env_hours(name: str, default: str) -> tuple[int, int]:
    begin, _, end = os.environ.get(name, default).partition("-")
    if not (begin.isdigit() and end.isdigit() and int(begin) < 24 and int(end) < 24):
        raise ImproperlyConfigured(f"{name} must be two hours such as 21-7.")
    return int(begin), int(end)


def data_dir() -> Path:
    """Where the installation keeps its own files: `var/` beside a checkout."""
    given = os.environ.get("HABARING_DATA")
    if given:
        return Path(given).resolve()
    checkout = PACKAGE_DIR.parent.parent
    return (checkout if (checkout / "dev.py").exists() else Path.cwd()) / "var"


DATA_DIR = data_dir()


def secret_key() -> str:
    """From SECRET_KEY, else from a private file made at the first start."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = DATA_DIR / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(48)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
            ) as file:
                file.write(key)
        except FileExistsError:  # another process was first
            return path.read_text().strip()
        except OSError:  # read-only place: engines on plain files need no lasting key
            return key
        return key


SECRET_KEY = secret_key()
# Seals identity numbers; unset, a private file is made at first use (shared.sealing).
PERSONAL_DATA_KEY = os.environ.get("PERSONAL_DATA_KEY", "")
DEBUG = env_bool("DEBUG", default=False)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
HTTPS = env_bool("HTTPS", default=False)
# For links in letters that no visit of a page brings about, such as reminders.
SITE_ADDRESS = os.environ.get(
    "SITE_ADDRESS", next(iter(CSRF_TRUSTED_ORIGINS), "")
).rstrip("/")
# Networks of the proxies whose X-Forwarded-For is believed (shared.limits).
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "habaring.config",
    "habaring.shared",
    "habaring.regions",
    "habaring.people",
    "habaring.posts",
    "habaring.privacy",
    "habaring.evidence",
    "habaring.writing",
    "habaring.council",
    "habaring.assessment",
    "habaring.participation",
    "habaring.revenue",
    "habaring.portfolio",
    "habaring.exchange",
    "habaring.masterplan",
    "habaring.workshop",
    "habaring.evaluation",
    "habaring.guidance",
    "habaring.history",
    "habaring.api",
    "habaring.web",
    # after ours, so that our templates are found first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "habaring.history.middleware.RequestId",
    "habaring.revenue.views.snap.BanksFirst",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "habaring.web.cache.PublicPageCache",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "habaring.web.middleware.PrivateMiddleware",
    "habaring.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "habaring.web.middleware.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "habaring.people.middleware.SecondStepMiddleware",
    "habaring.people.middleware.SessionTraceMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "habaring.config.urls"
# Threads of a web process that make pages; two more serve its live lines.
WEB_THREADS = env_int("WEB_THREADS", 4)

_LOADERS: list[object] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS
                    if DEBUG
                    else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "habaring.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "habaring.web.templatetags.habaring",
                "habaring.web.templatetags.threads",
                "habaring.web.templatetags.owners",
            ],
        },
    }
]


def database(url: str, role: str = "") -> dict[str, object]:
    """Django's settings for one PostgreSQL address; `role` is taken on at connecting."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql://, "
            f"not {parts.scheme or 'nothing'}://."
        )
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "habaring",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,  # a region is opened for one transaction (shared.walls)
        "OPTIONS": {
            **query,
            **({"options": f"-c role={role}"} if role else {}),
            "pool": {
                "min_size": 1,
                "max_size": env_int("DATABASE_POOL", 8),
                "timeout": 10,
                # A database that comes back is found by the next request; the pool's
                # own patience doubles its pauses for five minutes.
                "reconnect_timeout": 5,
            },
        },
        "TEST": {"NAME": os.environ.get("TEST_DATABASE") or None},
    }


DATABASE_URL = os.environ.get("DATABASE_URL") or embedded.address(DATA_DIR)
# Pages and jobs run as a role that cannot bypass row-level security (shared.walls);
# migrations and commands run as the owner.
DATABASE_ROLE = os.environ.get("DATABASE_ROLE", "")
APP_DATABASE_URL = os.environ.get("APP_DATABASE_URL", "")


def role_database() -> dict[str, object]:
    """As the role where one is set: by a login of its own, or by becoming it."""
    if DATABASE_ROLE and APP_DATABASE_URL:
        return database(APP_DATABASE_URL)
    return database(DATABASE_URL, DATABASE_ROLE)


DATABASES = {"default": role_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        (
            "UserAttributeSimilarityValidator",
            {"user_attributes": ["email", "full_name"]},
        ),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_RESET_TIMEOUT = 2 * 3600  # seconds that a letter's link works

ACCOUNT_ADAPTER = "habaring.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation or a directory vouches for it
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_COOKIE_AGE says
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = False  # axes and shared.limits count, in the database
MFA_ADAPTER = "habaring.people.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Habaring"
MFA_TOTP_TOLERANCE = 1  # telephones' clocks differ by half a minute
MFA_FORMS = {
    "authenticate": "habaring.people.entrance_forms.SecondStepCode",
    "reauthenticate": "habaring.people.entrance_forms.SecondStepCodeAgain",
    "activate_totp": "habaring.people.entrance_forms.FirstCode",
    "add_webauthn": "habaring.people.entrance_forms.NewPasskey",
}
# Passkeys are bound to an https origin; a browser makes an exception for localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "habaring.people.adapters.DirectoryAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our own page leads there
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# True: a region's directory may live at a private address or speak plain http.
OIDC_ALLOW_PRIVATE = env_bool("OIDC_ALLOW_PRIVATE", default=False)

AXES_HANDLER = "habaring.people.lockout.Turnstile"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_LOCKOUT_CALLABLE = "habaring.people.lockout.page"
AXES_USERNAME_CALLABLE = "habaring.people.lockout.name_of"
AXES_CLIENT_IP_CALLABLE = "habaring.shared.limits.client_address"
AXES_SENSITIVE_PARAMETERS = ["login", "code", "email", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in our own audit trail
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False

LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "web:work-room"
LOGOUT_REDIRECT_URL = "web:home"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "bahasa"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# Hashed names need every file that the CSS names; without the font, plain names do.
FONT = PACKAGE_DIR / "web/static/vendor/plus-jakarta-sans-latin-wght-normal.woff2"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env_bool("PLAIN_STATIC", default=not FONT.exists())
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_MB", 50) * 1024 * 1024

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "habaring@localhost")
# Without a mail server every letter is kept as a file, so that none is lost.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = DATA_DIR / "outbox"

# Short messages (codes, notices) by SMS or WhatsApp; without a provider as files.
MESSAGE_OUTBOX = DATA_DIR / "outbox" / "messages"
MESSAGE_URL = os.environ.get("MESSAGE_URL", "")
MESSAGE_HEADERS = env_json("MESSAGE_HEADERS", "{}")
MESSAGE_BODY = env_json("MESSAGE_BODY", '{"to": "{to}", "text": "{text}"}')
MESSAGE_TEMPLATE = os.environ.get("MESSAGE_TEMPLATE", "")
MESSAGE_TIMEOUT = env_int("MESSAGE_TIMEOUT", 10)
MESSAGE_ALLOW_PRIVATE = env_bool("MESSAGE_ALLOW_PRIVATE", default=False)
MESSAGES_A_DAY = env_int("MESSAGES_A_DAY", 20_000)
PHONE_COUNTRIES = env_list("PHONE_COUNTRIES", "62")
QUIET_HOURS = env_hours("QUIET_HOURS", "21-7")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# Public pages are kept in the process until an audited write of their region.
PUBLIC_CACHE = env_bool("PUBLIC_CACHE", default=True)

# Requests a minute of one token; of one network without a token, a quarter of it.
API_REQUESTS = env_int("API_REQUESTS", 600)
# What may be done with the public data of the interface (an SPDX name).
DATA_LICENCE = os.environ.get("DATA_LICENCE", "CC-BY-4.0")
# True: webhooks may go to http addresses and into the own network.
WEBHOOKS_TO_PRIVATE = env_bool("WEBHOOKS_TO_PRIVATE", default=False)

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "habaring.config.logs.json_formatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
