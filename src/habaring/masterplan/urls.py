"""Addresses of the master plan: public books, and the room where they are written."""

from django.urls import path

from habaring.masterplan import views

public = [
    path("", views.plan, name="plan"),
    path("edisi/<int:number>/", views.edition, name="edition"),
    path("edisi/<int:number>/<slug:book>/", views.book, name="book"),
    path("edisi/<int:number>/catatan.json", views.record, name="record"),
    path("edisi/<int:number>/<slug:book>.<slug:form>", views.file, name="file"),
    path(
        "edisi/<int:number>/program/<str:programme>/", views.programme, name="programme"
    ),
]
work = [
    path("", views.desk, name="desk"),
    path("bagian/<str:key>/", views.section, name="section"),
    path("rpjmd/", views.development_plan, name="development-plan"),
    path("terbitkan/", views.issue, name="issue"),
    path("edisi/<int:number>/tarik/", views.withdraw, name="withdraw"),
]
