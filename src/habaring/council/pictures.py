"""Who sits in the bodies, by pillar, as a picture."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.council import words
from habaring.council.models import Seat
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart

_COLOURS = {
    "government": "gov",
    "dprd": "sun",
    "business": "eco",
    "community": "soc",
    "academia": "liv",
    "media": "bra",
}


def pillar_chart(
    seats: Iterable[Seat], *, key: str = "pilar", width: int = 720
) -> Chart:
    """One bar a pillar, also for those that have no seat."""
    rows = list(seats)
    counted = Counter(seat.pillar for seat in rows)
    caption = Caption(
        key=key,
        title=_("Seats by pillar"),
        alt=_("One bar a pillar: how many seats it holds; an empty bar is a gap."),
        example=any(seat.illustrative for seat in rows),
    )
    return _drawn(counted, caption, width, "seat")


def came_chart(counted: dict[str, int], *, example: bool) -> Chart:
    """Who came to a meeting, by pillar: numbers only."""
    caption = Caption(
        key="hadir",
        title=_("Who came, by pillar"),
        alt=_("One bar a pillar: how many people of it came to the meeting."),
        example=example,
    )
    return _drawn(Counter(counted), caption, 520, "person")


def _drawn(counted: Counter[str], caption: Caption, width: int, of: str) -> Chart:
    return bars(
        [
            Bar(
                label=str(name),
                value=counted[pillar],
                shown=_shown(counted[pillar], of),
                colour=_COLOURS[pillar],
            )
            for pillar, name in words.PILLARS.items()
        ],
        caption,
        width=width,
    )


def _shown(n: int, of: str) -> str:
    if of == "seat":
        return (
            ngettext("%(n)d seat", "%(n)d seats", n) % {"n": n} if n else _("no seat")
        )
    return ngettext("%(n)d person", "%(n)d persons", n) % {"n": n} if n else _("nobody")
