"""Sheets of paper, set with typst: for proposals, for ballots, for the polling place.

The number of a ballot sheet is a counter put through a keyed shuffle (a Feistel network
over 36 bits, walked until it falls below 35), so that numbers are never given twice,
tell no order, and one that was never printed is known without keeping a list. Source:
Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import BallotKind, Call, PaperBatch, Vote
from habaring.participation.receipts import (
    Receipt,
    new_receipt,
    serial_of,
    shown,
    value_of,
)
from habaring.shared import fonts, formats, sealing
from habaring.shared.refusal import Words

MOST_SHEETS = 500
"""Ballot sheets in one file."""
_MOST_EVER = 1_000_000
"""More sheets than one vote ever prints."""
LANGUAGE = "id"
"""Sheets are for voters, whoever prints them."""

_TEMPLATES = Path(__file__).resolve().parent / "typst"
_BITS = 35
_HALF = 18
_MASK = (1 << _HALF) - 1
_ROUNDS = 6


# Numbers of sheets


def printed(vote: Vote, *, before: int | None = None) -> int:
    """How many sheets of a vote were printed, in batches before one with that key."""
    rows = PaperBatch.objects.filter(region=vote.region_id, vote=vote, kind="sheets")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return int(rows.aggregate(n=Sum("rows"))["n"] or 0)


def serials(batch: PaperBatch) -> list[str]:
    """The numbers of a batch of sheets; the same at each asking."""
    first = printed(batch.vote, before=batch.pk)
    newest = len(sealing.key_ids()) - 1
    return [
        serial_of(_shuffled(batch.vote, place, newest))
        for place in range(first, first + batch.rows)
    ]


def was_printed(vote: Vote, serial: str, *, sheets: int) -> bool:
    """Whether a number (as `check_serial` gives it) stands on one of the sheets printed
    so far, under any key of the ring.
    """
    value = value_of(serial)
    return any(
        _unshuffled(vote, value, key) < sheets for key in range(len(sealing.key_ids()))
    )


def screen_receipt(vote: Vote) -> Receipt:
    """A fresh receipt whose number no printed sheet of this vote will ever carry."""
    while True:
        receipt = new_receipt()
        if not vote.paper or not was_printed(vote, receipt.number, sheets=_MOST_EVER):
            return receipt


def _shuffled(vote: Vote, value: int, key: int) -> int:
    while True:
        left, right = value >> _HALF, value & _MASK
        for turn in range(_ROUNDS):
            left, right = right, left ^ _noise(vote, turn, right, key)
        value = left << _HALF | right
        if value < 1 << _BITS:
            return value


def _unshuffled(vote: Vote, value: int, key: int) -> int:
    while True:
        left, right = value >> _HALF, value & _MASK
        for turn in reversed(range(_ROUNDS)):
            left, right = right ^ _noise(vote, turn, left, key), left
        value = left << _HALF | right
        if value < 1 << _BITS:
            return value


def _noise(vote: Vote, turn: int, half: int, key: int) -> int:
    text = f"sheet {vote.region_id} {vote.pk} {turn} {half}"
    return int(sealing.keyed_hashes(text)[key][:9], 16) & _MASK


# Sheets


def proposal_sheet(call: Call) -> bytes:
    """A sheet to write a proposal on: one page, with the way to the call's page."""
    address = settings.SITE_ADDRESS + reverse(
        "participation:call", args=[call.region_id, call.pk]
    )
    with override(LANGUAGE):
        sheet = {
            "region": call.region.full_name,
            "call": call.name,
            "question": call.question,
            "example": call.illustrative,
            "until": formats.day(call.proposals_until) if call.proposals_until else "",
            "address": address,
            "words": {key: str(words) for key, words in _PROPOSAL_WORDS.items()},
            "hand_in": _hand_in(call),
        }
    return _set("proposal", json.dumps(sheet), address)


def _hand_in(call: Call) -> str:
    if call.place_id == call.region_id:
        return gettext(
            "Hand it in at any village or district office, or at the programme's"
            " secretariat."
        )
    return gettext("Hand it in at the office of %(place)s.") % {
        "place": call.place.full_name
    }


_PROPOSAL_WORDS: Mapping[str, Words] = {
    "sheet": _("Proposal sheet"),
    "intro": _("Write in large letters. One sheet for one proposal."),
    "title": _("Your idea in one line"),
    "problem": _("What is the problem?"),
    "idea": _("What should be done?"),
    "beneficiaries": _("Who benefits?"),
    "village": _("Village"),
    "place": _("Where exactly?"),
    "cost": _("Rough cost, if you know it (Rp)"),
    "name": _("Your name (may stay empty)"),
    "shown": _("My name may be shown in public."),
    "date": _("Date"),
    "origin": _("Comes from"),
    "origins": _("a citizen  /  a business  /  a community  /  a meeting"),
    "until": _("Until"),
    "online": _("Or on the telephone: scan this"),
    "example": _("example"),
    "office": _("For the office"),
    "received": _("Received by"),
    "number": _("Number"),
}


def ballot_sheets(
    vote: Vote, numbers: Sequence[str], *, district: str = "", place: str = ""
) -> bytes:
    """Ballot sheets with a receipt to tear off, one for each number.

    `district`: code of the district whose projects stand on them, where each votes on
    its own. Both halves carry the number, and neither a name.
    """
    address = settings.SITE_ADDRESS + reverse(
        "participation:vote", args=[vote.region_id, vote.pk]
    )
    with override(LANGUAGE):
        sheet = {
            "region": vote.region.full_name,
            "vote": vote.name,
            "place": place,
            "example": vote.illustrative,
            "kind": vote.ballot,
            "options": _options(vote, district),
            "instructions": [str(line) for line in _instructions(vote, district)],
            "closes": formats.moment(vote.closes_at),
            "address": address,
            "words": {key: str(words) for key, words in _BALLOT_WORDS.items()},
            "numbers": [shown(number) for number in numbers],
        }
    return _compiled("ballot", json.dumps(sheet), address)


def _options(vote: Vote, district: str) -> list[dict[str, str]]:
    rows = vote.options.order_by("id")
    if vote.per_district:
        rows = rows.filter(district=district)
    return [
        {"code": row.code, "title": row.title, "cost": formats.rupiah(row.cost)}
        for row in rows
    ]


def _instructions(vote: Vote, district: str) -> list[str]:
    budget = vote.budget
    if vote.per_district:
        budget = int(vote.district_budgets.get(district, 0))
    money = formats.rupiah(budget)
    most = vote.most or 0
    lines = [_how(vote, money, most)]
    lines.append(
        gettext("Write neither your name nor a mark by which you can be known.")
    )
    lines.append(
        gettext("Tear off the lower part and keep it: its number is your receipt.")
    )
    return lines


def _how(vote: Vote, money: str, most: int) -> str:
    if vote.ballot == BallotKind.KNAPSACK:
        return gettext(
            "Put a cross in the box of each project that you choose. Together they may"
            " cost at most %(budget)s."
        ) % {"budget": money}
    if vote.ballot == BallotKind.RANKING:
        return _ranks(most)
    if vote.ballot == BallotKind.POINTS:
        return gettext(
            "Share out %(points)d points: write in the boxes how many each project"
            " gets. An empty box is no point."
        ) % {"points": vote.points or 0}
    if not most:
        return gettext("Put a cross in the box of each project that you choose.")
    return ngettext(
        "Put a cross in the box of one project.",
        "Put a cross in the boxes of at most %(n)d projects.",
        most,
    ) % {"n": most}


def _ranks(most: int) -> str:
    how = gettext(
        "Write 1 in the box of the project that you want most, 2 in the next, and so on."
    )
    if not most:
        return how
    return f"{how} {gettext('At most %(n)d projects.') % {'n': most}}"


_BALLOT_WORDS: Mapping[str, Words] = {
    "sheet": _("Ballot sheet"),
    "number": _("Sheet number"),
    "project": _("Project"),
    "cost": _("Cost"),
    "receipt": _("Receipt of the voter"),
    "check": _(
        "After the count, anybody can see on the vote's page that the sheet with this"
        " number was counted. The number tells nobody who you are."
    ),
    "cut": _("tear off here"),
    "closes": _("The vote closes"),
    "place": _("Polling place"),
    "example": _("example"),
}


def attendance_list(vote: Vote, *, place: str, lines: int) -> bytes:
    """A list to sign at the polling place: who comes is written by hand."""
    address = settings.SITE_ADDRESS + reverse(
        "participation:vote", args=[vote.region_id, vote.pk]
    )
    with override(LANGUAGE):
        sheet = {
            "region": vote.region.full_name,
            "vote": vote.name,
            "place": place,
            "lines": lines,
            "example": vote.illustrative,
            "words": {key: str(words) for key, words in _LIST_WORDS.items()},
        }
    return _set("attendance", json.dumps(sheet), address)


_LIST_WORDS: Mapping[str, Words] = {
    "sheet": _("Attendance list of the polling place"),
    "place": _("Polling place"),
    "date": _("Date"),
    "row": _("No."),
    "nik": _("NIK"),
    "name": _("Name on the card"),
    "signature": _("Signature"),
    "note": _(
        "Write each voter here before they get a sheet, and never the number of the"
        " sheet. Keep the list locked; destroy it once the count is published."
    ),
    "chair": _("Head of the polling place"),
    "witness": _("Witness"),
    "example": _("example"),
}


# Setting


@lru_cache(maxsize=32)
def _set(template: str, sheet: str, address: str) -> bytes:
    """The same sheet again costs nothing: anybody may ask for it."""
    return _compiled(template, sheet, address)


def _compiled(template: str, sheet: str, address: str) -> bytes:
    # late: both take a while to load, and most processes print nothing
    import segno
    import typst

    with tempfile.TemporaryDirectory(prefix="habaring-sheet-") as name:
        folder = Path(name)
        (folder / "sheet.json").write_text(sheet, encoding="utf-8")
        (folder / "sheet.typ").write_bytes(
            (_TEMPLATES / f"{template}.typ").read_bytes()
        )
        code = segno.make(address, error="m", micro=False)
        code.save(str(folder / "address.png"), kind="png", scale=12, border=0)
        place = fonts.folder()
        result = typst.compile(
            str(folder / "sheet.typ"),
            root=str(folder),
            font_paths=[str(place)] if place else [],
            ignore_system_fonts=True,
            format="pdf",
            pdf_tags=False,  # half the time and size; sheets are for paper
        )
    if not isinstance(result, bytes):
        raise TypeError("typst gave no single PDF")
    return result
