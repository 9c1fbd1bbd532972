"""Addresses of sign-in and of the people page of a region."""

from django.urls import path

from habaring.people import views

public = [
    path("masuk/", views.SignInView.as_view(), name="sign-in"),
    path("keluar/", views.sign_out, name="sign-out"),
    path("undangan/<slug:token>/", views.welcome, name="welcome"),
]
work = [
    path("", views.people, name="people"),
    path("<int:membership>/akhiri/", views.revoke, name="revoke"),
    path("undangan/<int:invitation>/tarik/", views.withdraw, name="withdraw"),
]
