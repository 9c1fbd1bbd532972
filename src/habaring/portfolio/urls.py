"""Addresses: `public` under /daerah/<code>/, `work` under /ruang-kerja/<code>/."""

from django.urls import URLPattern, path, register_converter

from habaring.portfolio import public as pages
from habaring.portfolio import views


class CandidateCode:
    """A candidate's code in an address."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CandidateCode, "candidate")

public: list[URLPattern] = [
    path("", pages.plan, name="plan"),
    path("program/<candidate:programme>/", pages.programme, name="programme"),
    path("kandidat.csv", pages.candidates_file, name="candidates-file"),
    path("batas.toml", pages.limits_file, name="limits-file"),
    path("catatan.json", pages.record_file, name="record-file"),
    path("hasil.<str:form>", pages.result_file, name="result-file"),
    path("uang.<str:form>", pages.money_file, name="money-file"),
]
work: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("kandidat/", views.candidates, name="candidates"),
    path("kandidat/baru/", views.new_candidate, name="new-candidate"),
    path("kandidat/unggah/", views.upload, name="upload"),
    path("kandidat/templat.xlsx", views.candidates_template, name="template"),
    path(
        "kandidat/unduh.<str:form>", views.candidates_export, name="candidates-export"
    ),
    path("kandidat/<candidate:programme>/", views.candidate, name="candidate"),
    path(
        "kandidat/<candidate:programme>/ubah/",
        views.edit_candidate,
        name="edit-candidate",
    ),
    path("kandidat/<candidate:programme>/tarik/", views.withdraw, name="withdraw"),
    path("batas/", views.limits, name="limits"),
    path("batas/baru/", views.new_limits, name="new-limits"),
    path("batas/unggah/", views.upload_limits, name="upload-limits"),
    path("batas/<int:limit_set>/ubah/", views.new_limits, name="edit-limits"),
    path("batas/<int:limit_set>.toml", views.limits_file, name="limits-file"),
    path("skenario/", views.scenarios, name="scenarios"),
    path("skenario/baru/", views.draft, name="draft"),
    path("skenario/banding/", views.compare, name="compare"),
    path("skenario/banding.<str:form>", views.compare_export, name="compare-export"),
    path("skenario/<int:scenario>/", views.scenario, name="scenario"),
    path("skenario/<int:scenario>/kemajuan/", views.progress, name="progress"),
    path("skenario/<int:scenario>/hentikan/", views.cancel, name="cancel"),
    path("skenario/<int:scenario>/turunan/", views.derive, name="derive"),
    path("skenario/<int:scenario>/tetapkan/", views.adopt, name="adopt"),
    path(
        "skenario/<int:scenario>/unduh.<str:form>",
        views.scenario_export,
        name="scenario-export",
    ),
]
