"""Addresses: a region's learning, its room, the programme office's, the country."""

from django.urls import URLPattern, path

from habaring.guidance.views import (
    national as country,
)
from habaring.guidance.views import office, phone, room, sittings
from habaring.guidance.views import public as face
from habaring.guidance.views import work as tasks

public: list[URLPattern] = [
    path("", face.region, name="region"),
    path("tahap/<int:sitting>/", face.sitting, name="sitting"),
]
_SITTING = "tahap/<int:sitting>/"
_TASK = "tugas/<int:assignment>/"
work: list[URLPattern] = [
    path("", room.desk, name="desk"),
    path("daftar/<int:year>/", room.apply, name="apply"),
    path("daftar/<int:year>/tarik/", room.take_back, name="take-back"),
    path("rencana/<int:stage>/", sittings.plan, name="plan-sitting"),
    path(_SITTING, sittings.sitting, name="sitting"),
    path(f"{_SITTING}ubah/", sittings.change, name="change-sitting"),
    path(f"{_SITTING}acara/", sittings.programme, name="programme"),
    path(f"{_SITTING}terlaksana/", sittings.held, name="held"),
    path(f"{_SITTING}tutup/", sittings.close, name="close-stage"),
    path(f"{_SITTING}buka/", sittings.reopen, name="reopen-stage"),
    path(f"{_SITTING}peserta/", sittings.people, name="people"),
    path(f"{_SITTING}peserta.<str:form>", sittings.people_file, name="people-file"),
    path(f"{_SITTING}peserta/<int:number>/hapus/", sittings.strike, name="strike"),
    path(f"{_SITTING}hadir/", sittings.attendance, name="attendance"),
    path(f"{_SITTING}lencana/", sittings.badge_sheet, name="badges"),
    path(f"{_SITTING}meja/", phone.phone, name="phone"),
    path(f"{_SITTING}meja/pekerja.js", phone.worker, name="phone-worker"),
    path(f"{_SITTING}meja/keadaan/", phone.state, name="phone-state"),
    path(f"{_SITTING}meja/kirim/", phone.send, name="phone-send"),
    path("tugas/", tasks.assignments, name="assignments"),
    path(_TASK, tasks.assignment, name="assignment"),
    path(f"{_TASK}serahkan/", tasks.hand_in, name="hand-in"),
    path(f"{_TASK}kerja/<slug:deed>/", tasks.own_deed, name="own-deed"),
    path(f"{_TASK}pendamping/<slug:deed>/", tasks.guide_deed, name="guide-deed"),
    path(f"{_TASK}putusan/<slug:verdict>/", tasks.verdict, name="verdict"),
    path(f"{_TASK}tenggat/", tasks.due, name="due"),
    path(f"{_TASK}versi/<int:version>/", tasks.version, name="version"),
    path(f"{_TASK}catatan/<int:remark>/", tasks.answer, name="answer"),
]
platform: list[URLPattern] = [
    path("", office.desk, name="desk"),
    path("daerah.<str:form>", office.desk_file, name="desk-file"),
    path("baru/", office.new_cohort, name="new-cohort"),
    path("pendamping/", office.mentors, name="mentors"),
    path("pendamping/<int:mentorship>/akhiri/", office.end_mentor, name="end-mentor"),
    path("<int:year>/", office.cohort, name="cohort"),
    path("<int:year>/ubah/", office.change_cohort, name="change-cohort"),
    path("<int:year>/metode/", office.method, name="method"),
    path("<int:year>/langkah/<slug:deed>/", office.deed, name="cohort-deed"),
    path("<int:year>/daerah/<code:code>/", office.application, name="application"),
    path(
        "<int:year>/daerah/<code:code>/berkas/",
        office.application_file,
        name="application-file",
    ),
    path(
        "<int:year>/daerah/<code:code>/putusan/<slug:how>/",
        office.decide,
        name="decide",
    ),
]
national: list[URLPattern] = [
    path("", country.home, name="home"),
    path("daerah.<str:form>", country.file, name="file"),
    path("angkatan/<int:year>/", country.cohort, name="cohort"),
    path("angkatan/<int:year>/metode.toml", country.method_file, name="method-file"),
    path(
        "angkatan/<int:year>/daerah.<str:form>",
        country.cohort_file,
        name="cohort-file",
    ),
]
