"""The WSGI door that granian opens: no page streams events yet (decision 8)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DATABASE_ROLE", "habaring_app")  # shared.walls.APP_ROLE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")

application = get_wsgi_application()
