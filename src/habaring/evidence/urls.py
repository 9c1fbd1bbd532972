"""Addresses of the vault, under /ruang-kerja/<code>/bukti/."""

from django.urls import URLPattern, path

from habaring.evidence import views

work: list[URLPattern] = [
    path("", views.vault, name="vault"),
    path("daftar.<str:form>", views.vault_file, name="vault-file"),
    path("baru/", views.new, name="new"),
    path("bundel/", views.bundle, name="bundle"),
    path("bundel/daftar.xlsx", views.bundle_list, name="bundle-list"),
    path("<int:evidence>/", views.piece, name="piece"),
    path("<int:evidence>/berkas", views.piece_file, name="piece-file"),
    path("<int:evidence>/ubah/", views.mend, name="mend"),
    path("<int:evidence>/nilai/", views.judge, name="judge"),
    path("<int:evidence>/tarik/", views.withdraw, name="withdraw"),
    path("<int:evidence>/kembalikan/", views.bring_back, name="bring-back"),
    path("tautan/<int:link>/lepas/", views.unlink, name="unlink"),
]
