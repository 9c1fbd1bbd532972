"""Addresses: `public` under /daerah/<code>/usulan/, `work` under …/dengar/."""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
