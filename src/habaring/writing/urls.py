"""Addresses of writing."""

from django.urls import URLPattern

work: list[URLPattern] = []
