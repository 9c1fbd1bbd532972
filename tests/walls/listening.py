"""What the addresses of listening need: one of each, made by nobody who asks.

Each has a name of its own, so that the table of audiences can say which one it means.
"""

from base64 import b64decode
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from habaring.participation import closing
from habaring.participation.choices import Choice
from habaring.participation.models import (
    Appeal,
    Call,
    CallState,
    Check,
    Comment,
    Lineage,
    Moderation,
    PaperBatch,
    Photo,
    Proposal,
    ProposalState,
    Side,
    TakesPart,
    Visibility,
    Vote,
    VoteState,
)
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared.uploads import PICTURES, accept, keep
from tests import makers as people
from tests.participation import box_makers, makers

WRITER = "Penulis"
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJ"
    "RU5ErkJggg=="
)


def made(region: Region, keeper: Account) -> Account:
    """Calls, proposals, words, checks and votes of one region; their author."""
    writer = people.account(WRITER)
    at = now()
    makers.call(region, at, name="Uji rancangan", state=CallState.DRAFT)
    call = makers.call(region, at, name="Uji terbuka")
    _words(_proposals(call, writer, keeper), writer, keeper)
    _votes(call, region)
    return writer


def _proposals(call: Call, writer: Account, keeper: Account) -> Proposal:
    region, at = call.region, now()

    def one(title: str, author: Account | None = writer, **more: object) -> Proposal:
        return makers.proposal(call, at, author, title=title, **more)

    public = one("Uji terbuka")
    one("Uji rancangan", state=ProposalState.DRAFT, sent_at=None)
    one("Uji tertahan", state=ProposalState.HELD)
    merged = one("Uji gabungan", state=ProposalState.MERGED, merged_into=public)
    Lineage.objects.create(
        region=region,
        older=merged,
        newer=public,
        kind="merge",
        reason="Sama.",
        at=at,
        by=keeper,
    )
    one("Uji titipan", None, entered_by=keeper, on_paper=True)
    Check.objects.create(
        region=region,
        proposal=public,
        department=Department.objects.filter(region=region).latest("pk"),
        asked_at=at,
        asked_by=keeper,
    )
    file = SimpleUploadedFile("gang.png", PICTURE, "image/png")
    picture = accept(file, PICTURES)
    Photo.objects.create(
        region=region,
        proposal=public,
        path=keep(picture),
        name=picture.name,
        media_type=picture.media_type,
        added_at=at,
    )
    return public


def _words(proposal: Proposal, writer: Account, keeper: Account) -> None:
    region, at = proposal.region, now()

    def one(visibility: Visibility) -> Comment:
        return Comment.objects.create(
            region=region,
            proposal=proposal,
            side=Side.FOR,
            text=f"Uji: {visibility}.",
            author=writer,
            visibility=visibility,
            at=at,
        )

    one(Visibility.SHOWN)
    one(Visibility.HELD)
    hidden = Moderation.objects.create(
        region=region,
        proposal=proposal,
        comment=one(Visibility.HIDDEN),
        deed="hide",
        rule="off_topic",
        reason="Bukan tentang usulan ini.",
        at=at,
        by=keeper,
    )
    Appeal.objects.create(
        region=region, moderation=hidden, text="Saya keberatan.", at=at, by=writer
    )


def _votes(call: Call, region: Region) -> None:
    at = now()
    register = box_makers.electorate(region, at)

    def one(name: str, state: VoteState, **more: object) -> Vote:
        few = box_makers.TITLES[:2]
        given = {"call": call, "name": name, "state": state, "options": few}
        return box_makers.vote(region, at, **(given | more))

    one("Uji rancangan", VoteState.DRAFT)
    one("Uji dibuka", VoteState.OPEN)
    paper = one(
        "Uji kertas",
        VoteState.OPEN,
        votes_by=TakesPart.REGISTER,
        register=register,
        paper=True,
    )
    PaperBatch.objects.create(
        region=region, vote=paper, kind="sheets", rows=2, recorded_at=at
    )
    over = {"opens_at": at - timedelta(days=9), "closes_at": at - timedelta(days=2)}
    box_makers.end(one("Uji ditutup", VoteState.OPEN, **over))
    counted = one("Uji dihitung", VoteState.OPEN, **over)
    box_makers.fill(counted, [Choice(("1",))] * 3 + [Choice(("2",))] * 2)
    box_makers.end(counted)
    assert closing.count_vote(vote=counted.pk, region=region.code, clock=lambda: at)
