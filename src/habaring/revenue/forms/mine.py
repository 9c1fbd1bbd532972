"""Add an object of the family; how to be reminded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from habaring.revenue.forms.lookup import NopForm
from habaring.revenue.mine import OwnTaxes
from habaring.revenue.models import ReminderWay
from habaring.shared.fields import choice_of


class AddForm(NopForm):
    """An object's NOP with something from its papers."""

    field_order = ("nop", "proof", "label")
    proof = forms.CharField(
        label=_("Amount of its newest bill, or the number of a receipt"),
        max_length=70,
        help_text=_(
            "From the paper: so that nobody lists objects they do not pay for."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    label = forms.CharField(
        label=_("Your own name for it"),
        max_length=60,
        required=False,
        help_text=_("“Mother's house”, “field at the river”. Only you see it."),
    )


class WayForm(forms.Form):
    """Reminders on or off, and by which channel."""

    way = forms.ChoiceField(
        label=_("Reminders"), choices=ReminderWay.choices, widget=forms.RadioSelect
    )

    def __init__(self, taxes: OwnTaxes, sent: Any = None) -> None:
        super().__init__(sent, initial={"way": taxes.way})
        field = choice_of(self, "way")
        reached = {
            ReminderWay.MAIL: taxes.can_mail,
            ReminderWay.PHONE: taxes.can_phone,
            ReminderWay.NOT: True,
        }
        field.choices = [(way.value, way.label) for way in ReminderWay if reached[way]]
