"""Addresses: a person's own page, the region's notice, and the officer's work room."""

from django.urls import URLPattern, path

from habaring.privacy.views import breaches, desk
from habaring.privacy.views import own as me

own: list[URLPattern] = [
    path("", me.mine, name="mine"),
    path("dilihat/", me.looks, name="looks"),
    path("perbaiki/", me.correct, name="correct"),
    path("identitas/", me.identity, name="identity"),
    path("persetujuan/<slug:code>/", me.consent, name="consent"),
    path("salinan/", me.export, name="export"),
    path("salinan/<uuid:export>/", me.download, name="download"),
    path("minta/", me.ask, name="ask"),
    path("permintaan/<uuid:row>/tarik/", me.cancel, name="cancel"),
    path("hapus/", me.erase, name="erase"),
]
platform: list[URLPattern] = [path("", me.platform_notice, name="notice")]
public: list[URLPattern] = [path("", me.notice, name="notice")]
work: list[URLPattern] = [
    path("", desk.queue, name="queue"),
    path("baru/", desk.counter, name="counter"),
    path("permintaan/<uuid:row>/", desk.one_request, name="request"),
    path("lihat/<slug:kind>/<slug:ref>/", desk.look_at, name="look"),
    path("identitas/", desk.find, name="find"),
    path("dilihat/", desk.all_looks, name="looks"),
    path("retensi/", desk.retention, name="retention"),
    path("insiden/", breaches.breach_list, name="breaches"),
    path("insiden/baru/", breaches.new_breach, name="new-breach"),
    path("insiden/<slug:number>/", breaches.breach, name="breach"),
    path("insiden/<slug:number>/laporan/", breaches.breach_report, name="report"),
]
