"""Addresses: the country's practices under /praktik/, a region's under its own pages."""

from django.urls import URLPattern, path

from habaring.exchange.views import public as pages
from habaring.exchange.views import sharing, talks
from habaring.exchange.views import work as room

public: list[URLPattern] = [
    path("", pages.region_practices, name="practices"),
    path("mirip/", pages.alike, name="alike"),
    path("<int:number>/", pages.practice, name="practice"),
    path("<int:number>/versi/<int:version>/", pages.version, name="version"),
]
platform: list[URLPattern] = [
    path("", pages.national, name="all"),
    path("daftar.<str:form>", pages.national_file, name="all-file"),
    path("kabar/<str:token>/", pages.survival, name="survival"),
]
work: list[URLPattern] = [
    path("", room.desk, name="desk"),
    path("baru/", room.new, name="new"),
    path("unggah/", room.upload, name="upload"),
    path("unggah/kosong.xlsx", room.blank, name="blank"),
    path("daftar.<str:form>", room.file, name="file"),
    path("<int:number>/", room.work, name="practice"),
    path("<int:number>/tulis/", room.edit, name="edit"),
    path("<int:number>/terbitkan/", room.publish, name="publish"),
    path("<int:number>/buang/", room.discard, name="discard"),
    path("<int:number>/tarik/", room.withdraw, name="withdraw"),
    path("adopsi/", sharing.adoptions, name="adoptions"),
    path("adopsi/<int:adoption>/", sharing.adoption, name="adoption"),
    path("adopsi/<int:adoption>/terima-kasih/", sharing.thank, name="thank"),
    path("adopsi/<int:adoption>/batal/", sharing.undo, name="undo"),
    path("adopsi/kabar/<int:check>/", sharing.answer, name="check"),
    path("adopsi/dari/<code:origin>/<int:number>/", sharing.adopt, name="adopt"),
    path("tanya/", talks.questions, name="questions"),
    path("tanya/<int:question>/jawab/", talks.answer, name="answer"),
    path("tanya/ke/<code:origin>/<int:number>/", talks.ask, name="ask"),
    path("pendampingan/", talks.offers, name="offers"),
    path("pendampingan/<int:offer>/tutup/", talks.close_offer, name="close-offer"),
    path("kunjungan/", talks.meetings, name="meetings"),
    path("kunjungan/<int:meeting>/", talks.meeting, name="meeting"),
    path("kunjungan/ke/<code:host>/", talks.ask_meeting, name="ask-meeting"),
]
