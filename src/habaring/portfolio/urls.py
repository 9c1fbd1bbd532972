"""Addresses: `public` under /daerah/<code>/, `work` under /ruang-kerja/<code>/."""

from django.urls import URLPattern, path, register_converter

from habaring.portfolio import public as pages
from habaring.portfolio.views import candidates, choosing, gathering


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
    path("", choosing.overview, name="overview"),
    path("usulan/", gathering.gather, name="gather"),
    path("kandidat/", candidates.candidates, name="candidates"),
    path("kandidat/baru/", candidates.new_candidate, name="new-candidate"),
    path("kandidat/unggah/", candidates.upload, name="upload"),
    path("kandidat/templat.xlsx", candidates.candidates_template, name="template"),
    path(
        "kandidat/unduh.<str:form>",
        candidates.candidates_export,
        name="candidates-export",
    ),
    path("kandidat/<candidate:programme>/", candidates.candidate, name="candidate"),
    path(
        "kandidat/<candidate:programme>/ubah/",
        candidates.edit_candidate,
        name="edit-candidate",
    ),
    path("kandidat/<candidate:programme>/tarik/", candidates.withdraw, name="withdraw"),
    path("batas/", choosing.limits, name="limits"),
    path("batas/baru/", choosing.new_limits, name="new-limits"),
    path("batas/unggah/", choosing.upload_limits, name="upload-limits"),
    path("batas/<int:limit_set>/ubah/", choosing.new_limits, name="edit-limits"),
    path("batas/<int:limit_set>.toml", choosing.limits_file, name="limits-file"),
    path("skenario/", choosing.scenarios, name="scenarios"),
    path("skenario/baru/", choosing.draft, name="draft"),
    path("skenario/banding/", choosing.compare, name="compare"),
    path("skenario/banding.<str:form>", choosing.compare_export, name="compare-export"),
    path("skenario/<int:scenario>/", choosing.scenario, name="scenario"),
    path("skenario/<int:scenario>/kemajuan/", choosing.progress, name="progress"),
    path("skenario/<int:scenario>/hentikan/", choosing.cancel, name="cancel"),
    path("skenario/<int:scenario>/turunan/", choosing.derive, name="derive"),
    path("skenario/<int:scenario>/tetapkan/", choosing.adopt, name="adopt"),
    path(
        "skenario/<int:scenario>/unduh.<str:form>",
        choosing.scenario_export,
        name="scenario-export",
    ),
]
