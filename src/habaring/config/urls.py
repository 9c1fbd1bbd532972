"""The whole site map: a public face and a work room for each stage of the cycle."""

from django.urls import URLPattern, URLResolver, include, path

from habaring.api import urls as api
from habaring.assessment import urls as assessment
from habaring.council import urls as council
from habaring.evaluation import urls as evaluation
from habaring.evidence import urls as evidence
from habaring.exchange import urls as exchange
from habaring.guidance import urls as guidance
from habaring.history import urls as history
from habaring.masterplan import urls as masterplan
from habaring.participation import urls as participation
from habaring.people import urls as people
from habaring.portfolio import urls as portfolio
from habaring.posts import urls as posts
from habaring.privacy import urls as privacy
from habaring.regions import urls as regions
from habaring.revenue import urls as revenue
from habaring.workshop import urls as workshop
from habaring.writing import urls as writing

handler403 = "habaring.web.views.not_allowed"
handler404 = "habaring.web.views.not_found"
handler500 = "habaring.web.views.server_error"


def stage(
    name: str, public: list[URLPattern], work: list[URLPattern], *, at: tuple[str, str]
) -> list[URLResolver]:
    """A domain's public pages under the region, its work-room pages beside them."""
    return [
        path(f"daerah/<code:code>/{at[0]}/", include((public, name))),
        path(f"ruang-kerja/<code:code>/{at[1]}/", include((work, f"{name}-work"))),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("habaring.web.urls")),
    path("", include((people.public, "people"))),
    path("", include(people.plain)),
    path("ruang-kerja/orang/", include((people.platform, "people-platform"))),
    path("ruang-kerja/<code:code>/orang/", include((people.work, "people-work"))),
    path("ruang-kerja/<code:code>/jabatan/", include((posts.work, "posts-work"))),
    path("data-pribadi/", include((privacy.platform, "privacy-platform"))),
    path("data-saya/", include((privacy.own, "my-data"))),
    *stage("privacy", privacy.public, privacy.work, at=("data-pribadi",) * 2),
    path("", include((history.public, "history"))),
    path("ruang-kerja/riwayat/", include((history.platform, "history-platform"))),
    path("ruang-kerja/<code:code>/riwayat/", include((history.work, "history-work"))),
    *stage("regions", regions.public, regions.work, at=("wilayah", "wilayah")),
    *stage("council", council.public, council.work, at=("dewan", "dewan")),
    *stage("assessment", assessment.public, assessment.work, at=("kondisi", "kenali")),
    *stage(
        "participation",
        participation.public,
        participation.work,
        at=("usulan", "dengar"),
    ),
    *stage("revenue", revenue.public, revenue.work, at=("pajak", "pajak")),
    path("snap/<code:code>/", include((revenue.snap, "snap"))),
    *stage("portfolio", portfolio.public, portfolio.work, at=("pilihan", "pilih")),
    *stage(
        "masterplan", masterplan.public, masterplan.work, at=("rencana", "rencanakan")
    ),
    *stage("workshop", workshop.public, workshop.work, at=("lokakarya",) * 2),
    *stage("guidance", guidance.public, guidance.work, at=("belajar", "belajar")),
    *stage("exchange", exchange.public, exchange.work, at=("praktik", "praktik")),
    path("ruang-kerja/<code:code>/bukti/", include((evidence.work, "evidence-work"))),
    path("ruang-kerja/<code:code>/tulisan/", include((writing.work, "writing-work"))),
    *stage("evaluation", evaluation.public, evaluation.work, at=("evaluasi",) * 2),
    path(
        "ruang-kerja/evaluasi/", include((evaluation.platform, "evaluation-platform"))
    ),
    path("evaluasi/", include((evaluation.national, "evaluations"))),
    path("nasional/", include((guidance.national, "national"))),
    path("ruang-kerja/angkatan/", include((guidance.platform, "guidance-platform"))),
    path("praktik/", include((exchange.platform, "practices"))),
    path("", include((api.public, "api"))),
    path("ruang-kerja/<code:code>/api/", include((api.work, "api-work"))),
]
