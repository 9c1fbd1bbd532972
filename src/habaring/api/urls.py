"""Addresses: the interface under /api/, its pages under /ruang-kerja/<code>/api/."""

from django.urls import URLPattern, path, re_path

from habaring.api import door, views

public: list[URLPattern] = [
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/docs", views.docs, name="docs"),
    path("akun/token/", views.mine, name="mine"),
    # whatever stands there, a line break too: all of it is answered by the door
    re_path(r"^api(?:/(?P<rest>[\s\S]*))?\Z", door.answer, name="door"),
]
work: list[URLPattern] = [
    path("", views.tokens, name="tokens"),
    path("token/baru/", views.new_token, name="new-token"),
    path("token/<int:token>/putar/", views.rotate_token, name="rotate-token"),
    path("token/<int:token>/cabut/", views.revoke_token, name="revoke-token"),
    path("webhook/", views.webhooks, name="webhooks"),
    path("webhook/baru/", views.new_webhook, name="new-webhook"),
    path("webhook/<int:webhook>/", views.webhook, name="webhook"),
    path("webhook/<int:webhook>/<str:act>/", views.act, name="act"),
]
