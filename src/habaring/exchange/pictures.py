"""Pictures of the exchange: how alike two regions are, feature by feature."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.formats import percent

if TYPE_CHECKING:
    from habaring.exchange.alike import Twin


def likeness_chart(twin: "Twin") -> Chart:
    """One bar a feature; where one of the two is not known, no bar and the word."""
    title = _("How alike: %(name)s") % {"name": twin.region.full_name}
    words = [
        f"{one.label}: {_('not known') if one.likeness is None else percent(one.likeness, 0)}"
        for one in twin.lines
    ]
    return bars(
        [
            Bar(
                str(one.label),
                one.likeness,
                _("not known") if one.likeness is None else percent(one.likeness, 0),
            )
            for one in twin.lines
        ],
        Caption(f"mirip-{twin.region.code.replace('.', '-')}", title, "; ".join(words)),
        width=520,
    )
