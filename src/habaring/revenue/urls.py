"""Addresses: `public` under /daerah/<code>/pajak/, `work` under /ruang-kerja/…/pajak/,
`snap` under /snap/<code>/ for banks and payment services.
"""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
snap: list[URLPattern] = []
