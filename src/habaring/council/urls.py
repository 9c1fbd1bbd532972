"""Addresses: `public` under /daerah/<code>/, `work` under /ruang-kerja/<code>/."""

from django.urls import URLPattern, path

from habaring.council import views

public: list[URLPattern] = [
    path("", views.council, name="council"),
    path("keputusan/<int:decision>/naskah.pdf", views.paper, name="paper"),
]
work: list[URLPattern] = [
    path("", views.decisions, name="decisions"),
    path("baru/", views.new_council, name="new-council"),
    path("keputusan/baru/", views.new_decision, name="new-decision"),
]
