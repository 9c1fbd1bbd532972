"""Addresses: the public chain, one's own deeds, a region's history, the platform's."""

from django.urls import URLPattern, path

from habaring.history import views

public: list[URLPattern] = [
    path("rantai/", views.chain, name="chain"),
    path("rantai/segel.<slug:form>", views.seals, name="seals"),
    path("daerah/<code:code>/rantai/", views.chain, name="region-chain"),
    path(
        "daerah/<code:code>/rantai/segel.<slug:form>", views.seals, name="region-seals"
    ),
    path("akun/riwayat/", views.own, name="own"),
    path("akun/riwayat/riwayat.<slug:form>", views.own_sheet, name="own-sheet"),
]
platform: list[URLPattern] = [
    path("", views.history, name="history"),
    path("riwayat.<slug:form>", views.sheet, name="sheet"),
    path("tanpa-catatan/", views.bare, name="bare"),
    path("<uuid:entry>/", views.entry, name="entry"),
]
work: list[URLPattern] = [
    *platform,
    path("benda/<str:kind>/<path:ref>/", views.thing, name="thing"),
]
