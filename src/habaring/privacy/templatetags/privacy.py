"""How data about a person are written on their page."""

from datetime import date, datetime

from django import template
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.privacy.looks import words
from habaring.privacy.models import Look, RetentionRule
from habaring.shared import formats

register = template.Library()


@register.simple_tag
def held_value(value: object) -> str:
    """A value in words: days and moments as people write them, a dash for nothing."""
    if isinstance(value, datetime):
        return formats.moment(localtime(value))
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int):
        return formats.number(value)
    return str(value) if value else formats.MISSING


@register.simple_tag
def look_fields(one: Look) -> str:
    """Which data somebody saw: "name, mail address"."""
    return words(one)


@register.simple_tag
def keep_words(rule: RetentionRule) -> str:
    """How long a rule keeps: hours below two days, days below a year, else years."""
    days = rule.keep_hours // 24
    if days < 2:
        return _("%(n)s hours") % {"n": rule.keep_hours}
    if days < 365:
        return _("%(n)s days") % {"n": days}
    return ngettext("%(n)s year", "%(n)s years", days // 365) % {"n": days // 365}
