"""Addresses: `public` under /daerah/<code>/, `work` under /ruang-kerja/<code>/."""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
