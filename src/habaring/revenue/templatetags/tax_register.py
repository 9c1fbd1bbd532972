"""How numbers and taxes are written on the pages of the register."""

from collections.abc import Mapping

from django import template

from habaring.revenue.assessing import tax_name as name_of
from habaring.revenue.nop import shown_nop
from habaring.shared.refusal import Words

register = template.Library()


@register.filter
def nop(number: str) -> str:
    """`620206000101200340` → `62.02.060.001.012-0034.0`; a local number as it is."""
    return shown_nop(number)


@register.filter
def named(channel: str, names: Mapping[str, Words]) -> Words:
    """A channel as people know it; its code where nobody named it."""
    return names.get(channel, channel)


@register.filter
def prefix(digits: str) -> str:
    """The first ten digits: `6202060001` → `62.02.060.001`."""
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:7]}.{digits[7:10]}"


@register.filter
def tax_name(code: str) -> str:
    """The tax's name in the reader's language."""
    return name_of(code)
