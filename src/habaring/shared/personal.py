"""What the ground itself holds about people: the audit trail, files, letters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from habaring.shared import retention
from habaring.shared.holdings import deeds
from habaring.shared.retention import Ageing, Due

deeds(
    "shared",
    _("What you did on the platform, and files you sent"),
    "shared.AuditEntry.by",
    "shared.Upload.uploaded_by",
)


def _letters(before: datetime, at: datetime, limit: int) -> list[Due]:
    """Letters and messages kept as files since there is no provider."""
    found = []
    for folder in _outboxes():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if path.is_file() and written < before:
                found.append(Due(str(path)))
            if len(found) == limit:
                return found
    return found


def _remove_letters(refs: Sequence[str], at: datetime) -> None:
    for ref in refs:
        Path(ref).unlink(missing_ok=True)


def _outboxes() -> list[Path]:
    places = (settings.EMAIL_FILE_PATH, getattr(settings, "MESSAGE_OUTBOX", None))
    return list(dict.fromkeys(Path(place) for place in places if place))


retention.register(Ageing("letters", _letters, _remove_letters))
