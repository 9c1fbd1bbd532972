"""Addresses of the pages made of several domains."""

from django.urls import path
from django.views.i18n import set_language

from habaring.web import style, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("daerah/<code:code>/", views.region, name="region"),
    path("bahasa/", set_language, name="language"),
    path("ruang-kerja/", views.work_room, name="work-room"),
    path("ruang-kerja/<code:code>/", views.work_room_region, name="work-room-region"),
    path("sehat/", views.health, name="health"),
    path("gaya/", style.page, name="style"),  # with DEBUG only
]
