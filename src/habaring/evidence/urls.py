"""Addresses of evidence."""

from django.urls import URLPattern

work: list[URLPattern] = []
