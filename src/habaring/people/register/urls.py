"""Addresses of the people pages, for a region and for the platform."""

from django.urls import path

from habaring.people.register import views

platform = [
    path("", views.people, name="people"),
    path("peran/", views.roles, name="roles"),
    path("undang/", views.invite, name="invite"),
    path("daftar.<slug:form>", views.export, name="export"),
    path("<int:account>/", views.person, name="person"),
    path("<int:account>/beri/", views.give, name="give"),
    path("<int:membership>/akhiri/", views.revoke, name="revoke"),
    path("<int:membership>/hari-terakhir/", views.change_end, name="change-end"),
    path("undangan/<int:invitation>/tarik/", views.withdraw, name="withdraw"),
    path("undangan/<int:invitation>/kirim-lagi/", views.send_again, name="send-again"),
]
work = [
    *platform,
    path("unggah/", views.upload, name="upload"),
    path("unggah/kirim/", views.send_list, name="send-list"),
    path("formulir.xlsx", views.blank, name="blank"),
]
