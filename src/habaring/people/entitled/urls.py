"""Addresses of registers of entitled people."""

from django.urls import path

from habaring.people.entitled import views

public = [
    path("daerah/<str:code>/daftar-saya/", views.entry, name="entry"),
]
work = [
    path("daftar/", views.registers, name="registers"),
    path("daftar/contoh.xlsx", views.empty_register, name="empty-register"),
    path("daftar/<int:register>/", views.register, name="register"),
    path("daftar/<int:register>/pakai/", views.put_to_use, name="register-use"),
    path("daftar/<int:register>/tarik/", views.withdraw, name="register-withdraw"),
]
