"""What the programming interface listens to: every audited write may be an event."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Hangs the outbox of events behind the audit trail."""

    name = "habaring.api"

    def ready(self) -> None:
        from habaring.api import events
        from habaring.shared import audit

        audit.listen(events.note)
