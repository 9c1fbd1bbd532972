"""How to pay: the channel, and in the basket which bills."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.models import PartnerKind
from habaring.revenue.paying import Way
from habaring.shared.fields import choice_of

CASH = "cash"


class WayForm(forms.Form):
    """One of the channels of the region."""

    way = forms.ChoiceField(
        label=_("How do you want to pay?"), widget=forms.RadioSelect
    )

    def __init__(self, ways: Sequence[Way], sent: Any = None) -> None:
        super().__init__(sent)
        choices = [(one.code, _words(one)) for one in ways]
        choices.append(
            (CASH, _("Cash, at a counter of the office or the village's collector"))
        )
        field = choice_of(self, "way")
        field.choices = choices
        field.initial = choices[0][0]


def _words(way: Way) -> Any:
    if way.kind == PartnerKind.QRIS:
        return _("QRIS with any bank or wallet app (%(name)s)") % {"name": way.name}
    return _("Virtual account: ATM, mobile or counter of %(name)s") % {"name": way.name}
