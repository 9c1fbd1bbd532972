"""Addresses of the posts and of what they own, in the work room."""

from django.urls import path, re_path

from habaring.posts import views

work = [
    path("", views.posts, name="posts"),
    re_path(r"^daftar\.(?P<form>csv|xlsx)$", views.posts_file, name="posts-file"),
    path("baru/", views.new_post, name="new-post"),
    path("unggah/", views.upload_posts, name="upload-posts"),
    path("milik/", views.things, name="things"),
    re_path(r"^milik\.(?P<form>csv|xlsx)$", views.things_file, name="things-file"),
    path("milik/alihkan/", views.assign, name="assign"),
    path("milik/unggah/", views.upload_things, name="upload-things"),
    path("buka/<str:post>/", views.post, name="post"),
    path("buka/<str:post>/ubah/", views.change_post, name="change-post"),
    path("buka/<str:post>/tutup/", views.close_post, name="close-post"),
    path("buka/<str:post>/isi/", views.fill_post, name="fill-post"),
    path("buka/<str:post>/serahkan/", views.begin, name="begin"),
    path("buka/<str:post>/akhiri/", views.end_holding, name="end-holding"),
    path("serah/<int:handover>/", views.handover, name="handover"),
    path("serah/<int:handover>/jawab/", views.answer, name="answer"),
    path("serah/<int:handover>/pengganti/", views.successor, name="successor"),
    path("serah/<int:handover>/selesai/", views.finish, name="finish"),
    path("serah/<int:handover>/batalkan/", views.undo, name="undo"),
    path("serah/<int:handover>/terima/", views.confirm, name="confirm"),
]
