"""Addresses of the people pages: a region's and the platform's are the same pages."""

from django import template

from habaring.people.register.desk import Desk

register = template.Library()


@register.simple_tag
def desk_url(desk: Desk, name: str, *more: object) -> str:
    """`{% desk_url desk "person" account.pk %}`: the page of this region or platform."""
    return desk.url(name, *more)
