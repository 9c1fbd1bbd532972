"""Addresses of evaluation: a region's face and work room, the ministry, every year."""

from django.urls import URLPattern, path

from habaring.evaluation.views import (
    assessors,
    findings,
    office,
    reading,
    region,
)
from habaring.evaluation.views import public as pages

public: list[URLPattern] = [
    path("", pages.region, name="region"),
    path("hasil.<str:form>", pages.region_file, name="region-file"),
]
national: list[URLPattern] = [
    path("", pages.years, name="years"),
    path("<int:year>/<int:stage>/", pages.year, name="year"),
    path("<int:year>/<int:stage>/hasil.<str:form>", pages.year_file, name="year-file"),
]
_ENTRY = "<int:entry>/"
_QUESTION = f"{_ENTRY}butir/<str:question>/"
_READING = "menilai/<int:reading>/"
work: list[URLPattern] = [
    path("", region.desk, name="desk"),
    path(_ENTRY, region.entry, name="entry"),
    path(f"{_ENTRY}lembar.<str:form>", region.entry_file, name="entry-file"),
    path(f"{_ENTRY}unggah/", region.upload, name="upload"),
    path(_QUESTION, region.answer, name="answer"),
    path(f"{_QUESTION}tautkan/", region.link, name="link"),
    path(f"{_ENTRY}kirim/", region.submit, name="submit"),
    path(f"{_ENTRY}ambil/", region.take_back, name="take-back"),
    path(f"{_ENTRY}hasil/", region.result, name="result"),
    path(f"{_ENTRY}banding/", region.appeal, name="appeal"),
    path("temuan/", findings.findings, name="findings"),
    path("temuan/daftar.<str:form>", findings.findings_file, name="findings-file"),
    path("temuan/<int:finding>/", findings.finding, name="finding"),
    path("temuan/<int:finding>/rencana/", findings.plan, name="plan"),
    path("temuan/<int:finding>/lapor/", findings.report, name="report"),
    path("temuan/<int:finding>/putus/", findings.verdict, name="verdict"),
    path("penghargaan/", findings.honours, name="awards"),
    path("penghargaan/baru/", findings.new_honour, name="new-award"),
    path("penghargaan/<int:award>/cabut/", findings.revoke_honour, name="revoke-award"),
    path(_READING, reading.reading, name="reading"),
    path(f"{_READING}nyatakan/", reading.declare, name="declare"),
    path(f"{_READING}nilai/", reading.mark, name="mark"),
    path(f"{_READING}catat/", reading.remark, name="remark"),
    path(
        f"{_READING}catat/<int:remark>/hapus/",
        reading.drop_remark,
        name="drop-remark",
    ),
]
_ROUND = "<int:round>/"
platform: list[URLPattern] = [
    path("", office.all_rounds, name="rounds"),
    path("baru/", office.new_round, name="new-round"),
    path("bacaan/", reading.own, name="own"),
    path("hasil-lama/", office.past, name="past"),
    path("asesor/", assessors.assessors, name="assessors"),
    path("asesor/baru/", assessors.new_assessor, name="new-assessor"),
    path("asesor/<int:assessor>/", assessors.assessor, name="assessor"),
    path("asesor/<int:assessor>/ikatan/", assessors.ground, name="ground"),
    path("instrumen/baru/", office.new_instrument, name="new-instrument"),
    path("instrumen/paket/", office.packaged, name="packaged"),
    path("instrumen/<int:instrument>/", office.instrument, name="instrument"),
    path(_ROUND, office.round_page, name="round"),
    path(f"{_ROUND}daerah.<str:form>", office.round_file, name="round-file"),
    path(f"{_ROUND}langkah/<str:step>/", office.step, name="step"),
    path(f"{_ROUND}hari/", office.days, name="days"),
    path(f"{_ROUND}undang/", office.invite, name="invite"),
    path(f"{_ROUND}daerah/<int:entry>/", office.entry, name="entry"),
    path(f"{_ROUND}daerah/<int:entry>/minta/", office.assign, name="assign"),
    path(f"{_ROUND}bacaan/<int:reading_>/ambil/", office.take_away, name="take-away"),
    path(f"{_ROUND}banding/", office.all_appeals, name="appeals"),
    path(f"{_ROUND}banding/<int:appeal>/", office.decide, name="decide"),
    path(f"{_ROUND}penghargaan/baru/", office.new_award, name="new-method"),
]
