"""`habaring load instrument FILE`: an evaluation instrument as TOML."""

from django.core.files import File
from django.utils.timezone import localdate

from habaring.evaluation.actions.instruments import record_instrument
from habaring.evaluation.actions.records import record_many
from habaring.evaluation.tables import RESULTS, past_in
from habaring.shared.loading import Loader, Request, register
from habaring.shared.tables import read


def _instrument(request: Request) -> str:
    row = record_instrument(
        by=None, at=request.at, toml=request.path.read_text(encoding="utf-8-sig")
    )
    return f"{row.code} ({row.year})."


register(Loader("instrument", "an evaluation instrument (TOML)", _instrument))


def _results(request: Request) -> str:
    with request.path.open("rb") as file:
        rows = read(File(file, request.path.name), RESULTS, today=localdate(request.at))
        found = past_in(rows)
    made = record_many(by=None, at=request.at, past=found)
    return f"{made} results."


register(Loader("evaluation-results", "results of earlier years (CSV, XLSX)", _results))
