"""One JSON object a log line, for people and machines."""

import structlog
from structlog.typing import EventDict

from habaring.shared.ids import REQUEST


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )


def _request(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Which request a line belongs to: the id that the audit trail has too."""
    if own := REQUEST.get():
        event["request"] = own
    return event
