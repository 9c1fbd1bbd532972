"""Addresses: `public` under /daerah/<code>/kondisi/, `work` under /ruang-kerja/<code>/kenali/."""

from django.urls import URLPattern, path, re_path

from habaring.assessment import public as pages
from habaring.assessment import views

public: list[URLPattern] = [
    path("", pages.standing, name="standing"),
    re_path(r"^unduh\.(?P<kind>csv|xlsx)$", pages.table, name="table"),
    re_path(
        r"^gambar/(?P<key>[a-z]+)\.(?P<kind>svg|png|csv)$",
        pages.picture,
        name="picture",
    ),
    path("edisi/", pages.editions, name="editions"),
    path("edisi/<int:edition>/", pages.edition, name="edition"),
    path(
        "edisi/<int:edition>/berkas/<str:name>", pages.edition_file, name="edition-file"
    ),
    path("indikator/<str:indicator>/", pages.indicator, name="indicator"),
    re_path(
        r"^indikator/(?P<indicator>[^/]+)/gambar\.(?P<kind>svg|png|csv)$",
        pages.indicator_picture,
        name="indicator-picture",
    ),
    path("kerangka/", pages.framework, name="framework"),
    path("kerangka/<str:framework>/", pages.framework, name="framework-named"),
    path("katalog/", pages.catalogue, name="catalogue"),
]

work: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("unggah/", views.upload, name="upload"),
    re_path(r"^templat\.(?P<kind>csv|xlsx)$", views.template, name="template"),
    path("unggah/masalah.csv", views.problems, name="problems"),
    path("riwayat/", views.uploads_list, name="uploads"),
    path("riwayat/<int:upload>/", views.upload_detail, name="upload-detail"),
    path("riwayat/<int:upload>/berkas", views.upload_file, name="upload-file"),
    path("nilai/", views.single, name="single"),
    path("indikator/<str:indicator>/", views.history, name="history"),
    path("pulihkan/<uuid:observation>/", views.restore, name="restore"),
    path("sasaran/", views.targets, name="targets"),
    re_path(
        r"^sasaran/templat\.(?P<kind>csv|xlsx)$",
        views.target_template,
        name="target-template",
    ),
    path("sasaran/<int:target>/cabut/", views.withdraw, name="withdraw"),
    path("terbitkan/", views.publish, name="publish"),
    path("terbitkan/<int:publication>/", views.publication, name="publication"),
]
