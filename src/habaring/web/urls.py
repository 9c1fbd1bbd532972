"""Addresses of the pages made of several domains."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from habaring.web import people, style, views

people.hang()
app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("daerah/<code:code>/", views.region, name="region"),
    # Exempt: choosing a language harms nobody, and a reader needs no cookie for it.
    path("bahasa/", csrf_exempt(set_language), name="language"),
    path("ruang-kerja/", views.work_room, name="work-room"),
    path("ruang-kerja/<code:code>/", views.work_room_region, name="work-room-region"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("sehat/", views.health, name="health"),
    path("gaya/", style.page, name="style"),  # with DEBUG only
]
