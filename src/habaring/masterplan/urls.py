"""Addresses of the master plan: public books, and the room where they are written."""

from django.urls import path

from habaring.masterplan.views import books

public = [
    path("", books.plan, name="plan"),
    path("edisi/<int:number>/", books.edition, name="edition"),
    path("edisi/<int:number>/<slug:book>/", books.book, name="book"),
    path("edisi/<int:number>/catatan.json", books.record, name="record"),
    path("edisi/<int:number>/<slug:book>.<slug:form>", books.file, name="file"),
    path(
        "edisi/<int:number>/program/<str:programme>/", books.programme, name="programme"
    ),
]
work = [
    path("", books.desk, name="desk"),
    path("bagian/<str:key>/", books.section, name="section"),
    path("rpjmd/", books.development_plan, name="development-plan"),
    path("terbitkan/", books.issue, name="issue"),
    path("edisi/<int:number>/tarik/", books.withdraw, name="withdraw"),
]
