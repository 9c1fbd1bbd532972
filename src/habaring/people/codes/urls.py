"""Addresses of one-time codes: at the door, and in one's own account."""

from django.urls import path

from habaring.people.codes import views

public = [
    path("masuk/kode/", views.ask, name="code-ask"),
    path("masuk/kode/<uuid:challenge>/", views.code, name="code"),
    path("masuk/kode/<uuid:challenge>/nama/", views.name, name="code-name"),
    path("akun/nomor/", views.reach, name="reach"),
    path("akun/nomor/<uuid:challenge>/", views.reach_code, name="reach-code"),
]
