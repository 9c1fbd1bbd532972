"""Addresses of guidance."""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
platform: list[URLPattern] = []
national: list[URLPattern] = []
