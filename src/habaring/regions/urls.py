"""Addresses: `public` under /daerah/<code>/wilayah/, `work` under /ruang-kerja/."""

from django.urls import URLPattern, path

from habaring.regions import views

public: list[URLPattern] = [
    path("", views.places, name="places"),
    path("daftar.<str:form>", views.places_file, name="places-file"),
    path("apbd/<int:year>/", views.budget, name="budget"),
    path("apbd/<int:year>/daftar.<str:form>", views.budget_file, name="budget-file"),
]
work: list[URLPattern] = [
    path("", views.departments, name="departments"),
    path("baru/", views.new_department, name="new-department"),
    path("<str:department>/nama/", views.rename_department, name="rename-department"),
    path("<str:department>/tutup/", views.close_department, name="close-department"),
]
