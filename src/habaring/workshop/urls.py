"""Addresses of workshop."""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
