"""What an address needs and the demo does not have: one of each, in one region."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from habaring.api import actions as api
from habaring.api.actions import NewToken
from habaring.api.models import ApiToken, WebhookSubscription
from habaring.assessment.models import IndexEdition, Publication, Target
from habaring.council.actions import attendance, instruments, minutes
from habaring.council.actions import meetings as sessions
from habaring.council.models import AgendaItem, Council, Task
from habaring.exchange.models import Practice
from habaring.participation.models import Vote, VoteState
from habaring.people import directories
from habaring.people.access import Place
from habaring.people.actions import Offer, invite
from habaring.people.entitled import actions as entitled
from habaring.people.models import Account, Role
from habaring.portfolio.models import Candidate, Plan, Scenario
from habaring.posts.handovers import Successor, begin_handover
from habaring.privacy import breaches
from habaring.privacy.actions import Wish, receive_request
from habaring.regions.models import BudgetFigure, Region
from habaring.shared.models import Upload
from habaring.shared.uploads import accept, keep
from tests import makers
from tests.council import makers as council
from tests.posts import makers as posts
from tests.walls import (
    analysis,
    collectors,
    evaluation,
    exchange,
    guidance,
    listening,
    revenue,
    workshop,
)

AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
FILE = "0" * 64
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def made(code: str) -> None:
    """One of each, by the actions that people use."""
    region = Region.objects.get(code=code)
    keeper = makers.officer("Penjaga", region=region)
    _people(region, keeper)
    _meetings(region, keeper)
    _the_rest(region, keeper)
    listening.made(region, keeper)
    analysis.made(region, keeper)
    revenue.made(region, keeper)
    collectors.made(region, keeper)
    workshop.made(region, keeper)
    exchange.made(region, keeper)
    evaluation.made(region, keeper)
    guidance.made(region, keeper)


def _people(region: Region, keeper: Account) -> None:
    invite(
        email="undangan@contoh.id",
        offer=Offer(Role.objects.get(code="planner"), Place(region=region)),
        by=keeper,
        at=AT,
        address="/undangan/",
    )
    operator = makers.officer("Pengelola", region=None, role="operator")
    invite(
        email="pengelola-baru@contoh.id",
        offer=Offer(Role.objects.get(code="operator"), Place()),
        by=operator,
        at=AT,
        address="/undangan/",
    )
    directories.add(
        region=region,
        details=directories.Details(
            name="Direktori",
            issuer="https://sso.example.org",
            client_id="habaring",
            secret="rahasia",
        ),
        by=keeper,
        at=AT,
    )
    entitled.take_in(
        region=region,
        new=entitled.NewRegister("Pemilih", "vote", "Disdukcapil", "0" * 64),
        people=[],
        by=keeper,
        at=AT,
    )
    post = posts.post(region, "kabid-uji", at=AT)
    begin_handover(
        holding=posts.hold(post, "Pindah", at=AT),
        successor=Successor(),
        leaves_on=date(2026, 12, 1),
        by=keeper,
        at=AT,
    )


def _meetings(region: Region, keeper: Account) -> None:
    body = Council.objects.filter(region=region).first() or council.body(region, AT)
    seat = council.seat(body, AT, "Rina")
    held = council.invited(body, AT, public=True)
    arrival = attendance.Arrival(way="hand", seat=seat)
    attendance.attend(
        meeting=held, arrival=arrival, by=keeper, at=AT + timedelta(minutes=5)
    )
    later = AT + timedelta(hours=3)
    sessions.close_meeting(meeting=held, by=keeper, at=later)
    minutes.write_minutes(meeting=held, text="Notulen.", by=keeper, at=later)
    paper = accept(SimpleUploadedFile("putusan.pdf", PDF, "application/pdf"), ("pdf",))
    decision = council.decision(body, AT, number="99/2026", paper=paper)
    keep(paper)
    task = council.task(decision, AT, council.post(region, "kadis-uji"))
    paperwork = {"document_sha256": paper.sha256, "document_name": paper.name}
    Task.objects.filter(pk=task.pk).update(**paperwork)
    AgendaItem.objects.filter(meeting=held).update(**paperwork)
    instruments.record_instrument(
        region=region,
        paper=instruments.Paper(kind="sk", title="SK", number="1", document=paper),
        by=keeper,
        at=AT,
    )
    # what comes last is what the addresses take: a meeting that is still planned
    council.meeting(body, AT + timedelta(days=7), public=True)


def _the_rest(region: Region, keeper: Account) -> None:
    receive_request(account=keeper, region=region, wish=Wish("see"), by=keeper, at=AT)
    breaches.record_breach(
        region=region,
        found=breaches.Found("Uji", AT, "Berkas terkirim", "nama"),
        by=keeper,
        at=AT,
    )
    path = Path(settings.MEDIA_ROOT) / "uploads" / FILE[:2] / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("wilayah;nilai")
    Upload.objects.create(
        region_code=region.code,
        kind="observations",
        name="nilai.csv",
        sha256=FILE,
        size=1,
        uploaded_at=AT,
    )
    Publication.objects.create(region=region, plan={"draws": 0}, asked_at=AT)
    new = NewToken(name="Uji", scopes=("see_work_room",), networks=(), days=30)
    api.issue_token(region=region, new=new, by=keeper, at=AT)
    api.open_webhook(
        region=region, address="https://example.org/", kinds=(), by=keeper, at=AT
    )


def token_of(client: Client, *, region: str) -> dict[str, str]:
    """A header with a token of the browser's person that claims every scope."""
    account = client.session.get(SESSION_KEY)
    if account is None:
        return {}
    place = Region.objects.get(code=region)
    keeper = makers.officer("Penerbit", region=place)
    new = NewToken(name="Semua", scopes=tuple(str(one) for one in api.SCOPES))
    issued = api.issue_token(region=place, new=new, by=keeper, at=now())
    ApiToken.objects.filter(pk=issued.token.pk).update(account=account)
    return {"HTTP_AUTHORIZATION": f"Bearer {issued.secret}"}


def api_ids(path: str, code: str) -> dict[str, Any]:
    """What stands in an address of the API: things of one region that exist."""
    named = {"indicators": "K05", "frameworks": "kominfo-2022"}
    plan = Plan.objects.filter(region=code).latest("pk")
    return {
        "code": named.get(path.split("/")[1], code),
        "body_id": Council.objects.filter(region=code, public=True).latest("pk").pk,
        "decision_id": plan.decision_id,
        "webhook_id": WebhookSubscription.objects.filter(region=code).latest("pk").pk,
        "edition": IndexEdition.objects.latest("pk").pk,
        "year": BudgetFigure.objects.filter(region=code).latest("pk").year,
        "plan_id": plan.pk,
        "practice_id": Practice.objects.public().latest("pk").pk,
        "target": Target.objects.filter(region=code).latest("pk").pk,
        "candidate": Candidate.objects.filter(region=code).latest("pk").code,
        "scenario": Scenario.objects.filter(region=code).latest("pk").pk,
        "vote_id": Vote.objects.filter(region=code, state=VoteState.COUNTED)
        .latest("pk")
        .pk,
    }
