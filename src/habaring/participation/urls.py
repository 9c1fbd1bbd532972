"""Addresses: `public` under /daerah/<code>/usulan/, `work` under …/dengar/."""

from django.urls import URLPattern, path

from habaring.participation.views import calls, proposals

public: list[URLPattern] = [
    path("", calls.calls, name="calls"),
    path("panggilan/<int:call>/", calls.call, name="call"),
    path("panggilan/<int:call>/usul/", proposals.propose, name="propose"),
    path("<int:number>/", proposals.proposal, name="proposal"),
    path("<int:number>/berhenti/<str:token>/", proposals.stop, name="stop"),
]
work: list[URLPattern] = [
    path("", calls.desk, name="desk"),
]
