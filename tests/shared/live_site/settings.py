"""The platform's settings with the addresses of this site."""

from habaring.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.shared.live_site.urls"
