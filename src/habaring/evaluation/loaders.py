"""`habaring load instrument FILE`: an evaluation instrument as TOML."""

from habaring.evaluation.actions.instruments import record_instrument
from habaring.shared.loading import Loader, Request, register


def _instrument(request: Request) -> str:
    row = record_instrument(
        by=None, at=request.at, toml=request.path.read_text(encoding="utf-8-sig")
    )
    return f"{row.code} ({row.year})."


register(Loader("instrument", "an evaluation instrument (TOML)", _instrument))
