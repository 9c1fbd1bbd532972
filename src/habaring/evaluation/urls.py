"""Addresses of evaluation."""

from django.urls import URLPattern

public: list[URLPattern] = []
work: list[URLPattern] = []
platform: list[URLPattern] = []
