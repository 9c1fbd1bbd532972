"""Addresses of following a region."""

from django.urls import path

from habaring.people.follows import views

public = [
    path("daerah/<str:code>/ikuti/", views.follow, name="follow"),
    path("akun/kabar/", views.follows, name="follows"),
    path("akun/kabar/<str:code>/berhenti/", views.unfollow, name="unfollow"),
    path("kabar/berhenti/<str:token>/", views.stop, name="follow-stop"),
]
