"""Addresses of texts that are written together: /ruang-kerja/<code>/tulisan/…"""

from django.urls import URLPattern, path

from habaring.writing import views

work: list[URLPattern] = [
    path("", views.texts, name="texts"),
    path("naskah/<path:key>/", views.document, name="document"),
    path("sambungan/<path:key>/", views.line, name="line"),
    path("samping/<path:key>/", views.aside, name="aside"),
    path("versi/<path:key>/", views.versions, name="versions"),
    path("penulis/<path:key>/", views.authors, name="authors"),
    path("komentar/<slug:form>/<path:key>/", views.remarks, name="remarks"),
    path("unduh/<path:key>/", views.plain, name="plain"),
]
