"""Addresses: `public` under /daerah/<code>/, `work` under /ruang-kerja/<code>/."""

from django.urls import URLPattern, path

from habaring.council.views import (
    bodies,
    calendars,
    decisions,
    instruments,
    meetings,
    signed,
)
from habaring.council.views import public as pages

public: list[URLPattern] = [
    path("", pages.council, name="council"),
    path("badan/<int:body>/", pages.body, name="body"),
    path("rapat/<int:meeting>/", pages.meeting, name="meeting"),
    path("rapat/bahan/<int:item>.pdf", pages.agenda_paper, name="agenda-paper"),
    path("rapat/jawab/<str:token>/", signed.answer, name="answer"),
    path("rapat/<int:meeting>/hadir/<str:token>/", signed.attend, name="attend"),
    path("keputusan/", pages.decisions, name="decisions"),
    path("keputusan.<str:form>", pages.decisions_file, name="decisions-file"),
    path("keputusan/<int:decision>/", pages.decision, name="decision"),
    path("keputusan/<int:decision>/naskah.pdf", pages.paper, name="paper"),
    path("tindak-lanjut/<int:task>/bukti.pdf", pages.proof, name="proof"),
    path("instrumen/", pages.instruments, name="instruments"),
    path("instrumen.<str:form>", pages.instruments_file, name="instruments-file"),
    path("instrumen/<int:instrument>/", pages.instrument, name="instrument"),
    path(
        "instrumen/<int:instrument>/naskah.pdf",
        pages.instrument_paper,
        name="instrument-paper",
    ),
    path("kalender.ics", calendars.public_calendar, name="calendar"),
    path("kalender/<str:token>.ics", calendars.own_calendar, name="own-calendar"),
]
work: list[URLPattern] = [
    path("", bodies.desk, name="desk"),
    path("baru/", bodies.new_council, name="new-council"),
    path("badan/<int:body>/", bodies.body, name="body"),
    path("badan/<int:body>/ubah/", bodies.edit_council, name="edit-council"),
    path("badan/<int:body>/kelompok/", bodies.make_groups, name="make-groups"),
    path("badan/<int:body>/bubarkan/", bodies.dissolve, name="dissolve"),
    path("badan/<int:body>/kursi/baru/", bodies.new_seat, name="new-seat"),
    path("badan/<int:body>/kursi/unggah/", bodies.upload_seats, name="upload-seats"),
    path(
        "badan/<int:body>/kursi/templat.xlsx",
        bodies.seats_template,
        name="seats-template",
    ),
    path("badan/<int:body>/kursi.<str:form>", bodies.seats_file, name="seats-file"),
    path("kursi/<int:seat>/akhiri/", bodies.end_seat, name="end-seat"),
    path("rapat/", meetings.meetings, name="meetings"),
    path("rapat/baru/", meetings.new_meeting, name="new-meeting"),
    path("rapat/<int:meeting>/", meetings.meeting, name="meeting"),
    path("rapat/<int:meeting>/ubah/", meetings.edit_meeting, name="edit-meeting"),
    path("rapat/<int:meeting>/acara/", meetings.add_item, name="add-item"),
    path("rapat/acara/<int:item>/hapus/", meetings.drop_item, name="drop-item"),
    path("rapat/<int:meeting>/undang/", meetings.invite, name="invite"),
    path("rapat/<int:meeting>/batalkan/", meetings.cancel, name="cancel"),
    path("rapat/<int:meeting>/tutup/", meetings.close, name="close"),
    path("rapat/<int:meeting>/hadir/", meetings.attendance, name="attendance"),
    path("rapat/<int:meeting>/qr/", meetings.qr, name="qr"),
    path("rapat/<int:meeting>/daftar/", meetings.signatures, name="signatures"),
    path("rapat/hadir/<int:attendance>/coret/", meetings.strike, name="strike"),
    path("rapat/<int:meeting>/notulen/", meetings.minutes, name="minutes"),
    path("rapat/notulen/<int:minutes>/sahkan/", meetings.approve, name="approve"),
    path("rapat/<int:meeting>/tugas/", decisions.new_task, name="new-task"),
    path("keputusan/", decisions.decisions, name="decisions"),
    path("keputusan/baru/", decisions.new_decision, name="new-decision"),
    path("keputusan/<int:decision>/", decisions.decision, name="decision"),
    path("tindak-lanjut/", decisions.tasks, name="tasks"),
    path("tindak-lanjut/<int:task>/", decisions.close_task, name="close-task"),
    path("instrumen/", instruments.instruments, name="instruments"),
    path("instrumen/baru/", instruments.new_instrument, name="new-instrument"),
    path(
        "instrumen/<int:instrument>/",
        instruments.edit_instrument,
        name="edit-instrument",
    ),
    path(
        "instrumen/unggah/", instruments.upload_instruments, name="upload-instruments"
    ),
    path(
        "instrumen/templat.xlsx",
        instruments.instruments_template,
        name="instruments-template",
    ),
    path("instrumen.<str:form>", instruments.instruments_file, name="instruments-file"),
    path("kalender/", calendars.calendar_page, name="calendar"),
]
