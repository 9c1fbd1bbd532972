"""Addresses: telephones under /daerah/<code>/lokakarya/, facilitators in the work room."""

from django.urls import URLPattern, path

from habaring.workshop.views import carrying, desk, phone

public: list[URLPattern] = [
    path("", phone.door, name="door"),
    path("masuk/<str:key>/", phone.join, name="join"),
    path("<int:number>/", phone.room, name="room"),
    path("<int:number>/saya/", phone.me, name="me"),
    path("<int:number>/keluar/", phone.leave, name="leave"),
    path("<int:number>/langsung/", phone.line, name="line"),
    path("<int:number>/papan/<int:board>/", phone.board, name="board"),
    path("<int:number>/papan/<int:board>/tulis/", phone.write, name="write"),
    path("<int:number>/papan/<int:board>/titik/", phone.dots, name="dots"),
    path("<int:number>/papan/<int:board>/kelompok/", phone.group, name="group"),
    path("<int:number>/catatan/<int:note>/", phone.edit, name="edit"),
    path("<int:number>/catatan/<int:note>/tarik/", phone.withdraw, name="withdraw"),
]
work: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("baru/", desk.new, name="new"),
    path("<int:number>/", desk.room, name="room"),
    path("<int:number>/ubah/", desk.change, name="change"),
    path("<int:number>/pimpin/", desk.lead, name="lead"),
    path("<int:number>/langsung/", desk.line, name="line"),
    path("<int:number>/notulen/", desk.record, name="minutes"),
    path("<int:number>/notulen.<str:form>", desk.record_file, name="minutes-file"),
    path("<int:number>/orang/<int:person>/", desk.person, name="person"),
    path("<int:number>/catatan/<int:note>/sembunyi/", desk.hide, name="hide"),
    path("<int:number>/papan/baru/", desk.new_board, name="new-board"),
    path("<int:number>/papan/<int:board>/", desk.board, name="board"),
    path(
        "<int:number>/papan/<int:board>/ubah/", desk.change_board, name="board-change"
    ),
    path("<int:number>/papan/<int:board>/layar/", desk.screen, name="screen"),
    path("<int:number>/papan/<int:board>/pimpin/", desk.lead_board, name="lead-board"),
    path("<int:number>/papan/<int:board>/kelompok/", desk.group, name="group"),
    path("<int:number>/papan/<int:board>/lanjut/", carrying.carry, name="carry"),
    path(
        "<int:number>/papan/<int:board>/lanjut/pilih/", carrying.choose, name="choose"
    ),
    path(
        "<int:number>/papan/<int:board>/lanjut/<str:kind>/<int:key>/<str:to>/",
        carrying.one,
        name="carry-one",
    ),
]
