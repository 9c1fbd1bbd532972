"""What one citizen began, wrote or was asked is nobody else's, whatever their role."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from habaring.participation import box, telling
from habaring.participation.choices import Choice
from habaring.participation.models import Comment, Moderation, Proposal, Vote
from habaring.participation.views import proposals as views
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers
from tests.participation import box_makers
from tests.portfolio import makers as portfolio
from tests.walls import listening
from tests.walls.asking import answer

pytestmark = pytest.mark.django_db
SHUT = {"kept out", "not found", "not offered"}
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Own:
    """One citizen's things in a region."""

    writer: Account
    addresses: tuple[str, ...]
    region: Region

    @property
    def post_only(self) -> str:
        """Throwing a draft away has no page of its own."""
        return self.addresses[0]


@pytest.fixture
def own(kotim: Region, budi: Account, settings: Any, tmp_path: Path) -> Own:
    settings.MEDIA_ROOT = tmp_path
    portfolio.department(kotim)
    writer = listening.made(kotim, budi)
    number = {row.title: row.number for row in Proposal.objects.all()}
    shown = Comment.objects.get(visibility="shown").pk
    hidden = Moderation.objects.get(deed="hide").pk
    public, draft = number["Uji terbuka"], number["Uji rancangan"]
    told: list[tuple[str, tuple[object, ...]]] = [
        ("drop-draft", (draft,)),
        *(("draft", (draft, page)) for page in ("ide", "foto", "serupa", "kirim")),
        ("withdraw", (public,)),
        ("coauthors", (public,)),
        ("comment-change", (public, shown)),
        ("comment-withdraw", (public, shown)),
        ("appeal", (hidden,)),
        ("proposal", (draft,)),
        ("proposal", (number["Uji tertahan"],)),
        ("follow", (number["Uji tertahan"],)),
        ("support", (number["Uji tertahan"],)),
    ]
    paths = [reverse(f"participation:{n}", args=["62.02", *ids]) for n, ids in told]
    return Own(writer, tuple(paths), kotim)


def asked(account: Account | None, paths: tuple[str, ...]) -> dict[str, str]:
    """What each address answers, as `GET /path`."""
    client = Client(raise_request_exception=False)
    if account is not None:
        client.force_login(account)
    return {
        f"{method} {path}": answer(client, method, path)
        for path in paths
        for method in METHODS
    }


@pytest.mark.parametrize("who", ["nobody", "citizen", "here", "elsewhere", "platform"])
def test_nobody_but_its_author_comes_in(own: Own, who: str) -> None:
    kobar = makers.region("62.01")
    persons = {
        "nobody": None,
        "citizen": makers.account("Tetangga"),
        "here": makers.officer("Sekretaris", region=own.region),
        "elsewhere": makers.officer("Seberang", region=kobar),
        "platform": makers.officer("Operator", region=None, role="operator"),
    }
    number = Proposal.objects.get(title="Uji terbuka").number
    sent = reverse("participation:draft", args=["62.02", number, "ide"])
    told = asked(persons[who], (*own.addresses, sent))
    assert {where: got for where, got in told.items() if got not in SHUT} == {}


def test_its_author_comes_in(own: Own) -> None:
    told = asked(own.writer, own.addresses)
    pages = {
        where: got
        for where, got in told.items()
        if where.startswith("GET") and own.post_only not in where
    }
    assert {where: got for where, got in pages.items() if got != "let in"} == {}
    assert told[f"POST {own.post_only}"] == "let in"


def test_the_link_for_coauthors_opens_its_proposal_only(own: Own) -> None:
    row = Proposal.objects.select_related("region").get(title="Uji tertahan")
    link = views._join_address(row).removeprefix(django_settings.SITE_ADDRESS)
    other = Proposal.objects.get(title="Uji rancangan")
    wrong = (
        link.replace(f"/{row.number}/", f"/{other.number}/"),
        link.replace("/62.02/", "/62.01/"),
    )
    makers.region("62.01")
    friend = makers.account("Kawan")
    assert set(asked(friend, (link,)).values()) <= {"let in", "refused"}
    assert set(asked(friend, wrong).values()) <= SHUT
    assert asked(None, (link,))[f"GET {link}"] == "kept out"
    forged = signing.dumps([other.pk, other.number], salt="another")
    path = reverse("participation:join", args=["62.02", other.number, forged])
    assert set(asked(friend, (path,)).values()) <= SHUT | {"refused"}


def test_the_link_of_a_letter_stops_letters_of_its_proposal_only(own: Own) -> None:
    row = Proposal.objects.get(title="Uji terbuka")
    other = Proposal.objects.get(title="Uji titipan")
    token = telling.stop_token(own.writer, row)
    path = reverse("participation:stop", args=["62.02", row.number, token])
    assert asked(None, (path,)) == {f"GET {path}": "let in", f"POST {path}": "let in"}
    wrong = reverse("participation:stop", args=["62.02", other.number, token])
    makers.region("62.01")
    away = reverse("participation:stop", args=["62.01", row.number, token])
    assert set(asked(None, (wrong, away)).values()) <= SHUT | {"refused"}


def test_a_receipt_opens_no_other_ballot(own: Own) -> None:
    vote = Vote.objects.get(name="Uji dibuka")
    mine, theirs = box.new_receipt(), box.new_receipt()
    with box_makers.afterwards():
        box.put_ballot(vote, mine, Choice(("1",)))
        box.put_ballot(vote, theirs, Choice(("2",)))
    mixed = f"{theirs.number}{mine.secret}"
    for name, field in (("change-ballot", "receipt"), ("check-ballot", "number")):
        path = reverse(f"participation:{name}", args=["62.02", vote.pk])
        client = Client()
        client.force_login(makers.officer(f"Panitia-{name}", region=own.region))
        for typed in (theirs.number, mixed):
            page = client.post(path, {field: typed})
            assert page.status_code < 500
            assert "opened" not in (page.context or {})
            assert "lines" not in (page.context or {})
    assert vote.closes_at > now()
