"""The verb of instruments: take one in."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.evaluation import scheme
from habaring.evaluation.models import Instrument, Round
from habaring.evaluation.rules import InstrumentRefused, packaged
from habaring.people.models import Account
from habaring.shared import audit


@transaction.atomic
def record_instrument(*, by: Account | None, at: datetime, toml: str) -> Instrument:
    """Take an instrument in, or a new text of one that no round uses yet.

    The same text again changes nothing. Raises InstrumentRefused with everything that is
    wrong in it, and for another text of one that a round uses.
    """
    try:
        found = scheme.read(toml)
    except scheme.SchemeError as wrong:
        raise InstrumentRefused(
            _("The instrument cannot be used."),
            " ".join(wrong.problems[:10]),
            _("Mend the file and send it again."),
        ) from wrong
    digest = sha256(toml.encode()).hexdigest()
    row = Instrument.objects.select_for_update().filter(code=found.code).first()
    if row is not None and row.sha256 == digest:
        return row
    if row is not None and Round.objects.filter(instrument=row).exists():
        raise InstrumentRefused(
            format_lazy(_("The instrument {code} is in use."), code=found.code),
            _("Its questions and weights stay as they were when regions answered."),
            _("Give the changed one a code of its own."),
        )
    row = row or Instrument(code=found.code)
    row.year, row.toml, row.sha256 = found.year, toml, digest
    row.name_id, row.name_en = found.name.id, found.name.en
    row.source = found.source[:300]
    row.recorded_at, row.recorded_by = at, by
    row.save()
    audit.record(
        by=by,
        at=at,
        verb="evaluation.instrument.recorded",
        subject=row,
        details={"year": row.year, "sha256": digest},
    )
    return row


def load_packaged(*, by: Account | None, at: datetime) -> list[Instrument]:
    """Take in every instrument that comes with the platform."""
    return [record_instrument(by=by, at=at, toml=text) for text in packaged()]
