"""Addresses of the master plan: public books, and the room where they are written."""

from django.urls import path

from habaring.masterplan.views import (
    alignment,
    analysis,
    books,
    consultation,
    public_analysis,
    readiness,
    sections,
)

_PART = "analisis/<slug:part>/"
_YEAR = "analisis/kesiapan/<int:year>/"
_TALK = "konsultasi/<int:number>/"
public = [
    path("", books.plan, name="plan"),
    path("edisi/<int:number>/", books.edition, name="edition"),
    path("edisi/<int:number>/<slug:book>/", books.book, name="book"),
    path("edisi/<int:number>/catatan.json", books.record, name="record"),
    path("edisi/<int:number>/<slug:book>.<slug:form>", books.file, name="file"),
    path(
        "edisi/<int:number>/program/<str:programme>/", books.programme, name="programme"
    ),
    path("analisis/", public_analysis.analyses, name="analyses"),
    path(_PART, public_analysis.analysis, name="analysis"),
    path(
        "analisis/<slug:part>.<slug:form>",
        public_analysis.analysis_file,
        name="analysis-file",
    ),
    path("konsultasi/", public_analysis.consultations, name="consultations"),
    path(_TALK, public_analysis.consultation, name="consultation"),
    path(f"{_TALK}tanggapan/", public_analysis.dispositions, name="dispositions"),
    path(
        "konsultasi/<int:number>/tanggapan.<slug:form>",
        public_analysis.dispositions_file,
        name="dispositions-file",
    ),
    path(f"{_TALK}bagian/<int:section>/", public_analysis.say, name="say"),
    path(
        f"{_TALK}tanggapan/<int:remark>/tarik/",
        public_analysis.take_back,
        name="take-back",
    ),
]
work = [
    path("", books.desk, name="desk"),
    path("bagian/<str:key>/", books.section, name="section"),
    path("bagian/<str:key>/versi/", sections.versions, name="versions"),
    path("bagian/<str:key>/tanda-tangan/", sections.sign, name="sign"),
    path("nilai/", sections.markers, name="markers"),
    path("rpjmd/", books.development_plan, name="development-plan"),
    path("terbitkan/", books.issue, name="issue"),
    path("edisi/<int:number>/tarik/", books.withdraw, name="withdraw"),
    path("analisis/", analysis.overview, name="analysis"),
    path(_YEAR, readiness.year, name="readiness"),
    path(f"{_YEAR}mulai/", readiness.begin, name="begin-year"),
    path(f"{_YEAR}lepas/<int:link>/", readiness.unlink, name="unlink-evidence"),
    path(f"{_YEAR}<str:question>/", readiness.answer, name="answer"),
    path("analisis/swot/<int:number>/suara/", analysis.vote, name="vote"),
    path(_PART, analysis.part, name="part"),
    path(f"{_PART}baru/", analysis.new, name="new"),
    path(f"{_PART}impor/", analysis.import_part, name="import"),
    path(f"{_PART}buka/", analysis.release, name="release"),
    path(f"{_PART}<int:number>/", analysis.change, name="change"),
    path(f"{_PART}<int:number>/tarik/", analysis.withdraw, name="withdraw-row"),
    path("analisis/<slug:part>.<slug:form>", analysis.part_file, name="part-file"),
    path("keselarasan/", alignment.alignment, name="alignment"),
    path("keselarasan/petakan/", alignment.remap, name="remap"),
    path("konsultasi/", consultation.consultations, name="consultations"),
    path("konsultasi/baru/", consultation.new, name="new-consultation"),
    path(_TALK, consultation.consultation, name="consultation"),
    path(f"{_TALK}pratinjau/", consultation.preview, name="preview"),
    path(
        "konsultasi/<int:number>/tanggapan.<slug:form>",
        consultation.remarks_file,
        name="remarks-file",
    ),
    path(f"{_TALK}selesai/", consultation.end, name="end-consultation"),
    path(f"{_TALK}catat/", consultation.enter_remark, name="enter-remark"),
    path(f"{_TALK}tanggapan/<int:remark>/", consultation.remark, name="remark"),
]
