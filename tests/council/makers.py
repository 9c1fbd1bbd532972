"""Bodies, seats, meetings and posts with sensible values."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from habaring.council.actions import (
    Body,
    Errand,
    Paper,
    Ruling,
    Sitting,
    close_task,
    record_council,
    record_decision,
    record_instrument,
    record_seat,
    record_task,
)
from habaring.council.actions import meetings as verbs
from habaring.council.actions.attendance import Arrival, attend
from habaring.council.actions.minutes import write_minutes
from habaring.council.models import Council, Decision, Meeting, Seat, Task
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.uploads import AcceptedFile, accept
from tests.shared import bad_files

LONG_AGO = date(2020, 1, 1)


def body(region: Region, at: datetime, **more: Any) -> Council:
    given: dict[str, Any] = {"name": "Dewan Smart City"} | more
    return record_council(region=region, body=Body(**given), by=None, at=at)


def seat(council: Council, at: datetime, name: str = "Rina", **more: Any) -> Seat:
    given: dict[str, Any] = {
        "person_name": name,
        "institution": "Universitas",
        "pillar": "academia",
        "from_on": LONG_AGO,
    }
    sitting = Sitting(**(given | more))
    return record_seat(body=council, sitting=sitting, by=None, at=at)


def seats(council: Council, at: datetime, n: int) -> list[Seat]:
    return [seat(council, at, f"Orang {i}") for i in range(n)]


def meeting(council: Council, at: datetime, **more: Any) -> Meeting:
    """Begins at `at` and lasts two hours; one point is on the agenda."""
    given: dict[str, Any] = {
        "title": "Rapat triwulan",
        "starts_at": at,
        "ends_at": at + timedelta(hours=2),
        "place": "Aula Sampit",
    }
    plan = verbs.Plan(**(given | more))
    made = verbs.plan_meeting(body=council, plan=plan, by=None, at=at)
    verbs.add_item(meeting=made, item=verbs.Item("Rencana"), by=None, at=at)
    return made


def invited(council: Council, at: datetime, **more: Any) -> Meeting:
    made = meeting(council, at, **more)
    verbs.invite(meeting=made, by=None, at=at - timedelta(days=7), links=no_link)
    made.refresh_from_db()
    return made


def no_link(_summons: object) -> str:
    return "https://contoh.id/jawab/"


def decision(council: Council, at: datetime, **more: Any) -> Decision:
    given: dict[str, Any] = {
        "number": "1/2026",
        "decided_on": at.date(),
        "title": "Rencana",
        "reason": "Karena paling baik.",
    }
    return record_decision(
        region=council.region,
        council=council,
        ruling=Ruling(**(given | more)),
        by=None,
        at=at,
    )


def post(region: Region, code: str = "kadis", **more: Any) -> Post:
    given: dict[str, Any] = {
        "name_id": "Kepala Dinas",
        "name_en": "Head",
        "opened_on": LONG_AGO,
    }
    return Post.objects.create(region=region, code=code, **(given | more))


def task(made: Decision, at: datetime, owner: Post, days: int = 30) -> Task:
    errand = Errand(
        "Menyusun Perbup", owner, at.date() + timedelta(days), decision=made
    )
    return record_task(errand=errand, by=None, at=at)


def pdf() -> AcceptedFile:
    """A signed paper."""
    content = bad_files.content_of(bad_files.pdf("naskah.pdf"))
    return accept(SimpleUploadedFile("naskah.pdf", content), ("pdf",))


def one_of_each(region: Region, at: datetime) -> None:
    """Everything that an address of this domain can name, each with its paper."""
    council = body(region, at, name="Forum Kota", kind="forum")
    made = seat(council, at)
    past = meeting(council, at)
    attend(meeting=past, arrival=Arrival(way="hand", seat=made), by=None, at=at)
    held = verbs.close_meeting(meeting=past, by=None, at=at + timedelta(hours=2))
    write_minutes(meeting=held, text="Isi.", by=None, at=at)
    following = invited(council, at + timedelta(days=30))
    item = verbs.Item("Dengan bahan", paper=pdf())
    verbs.add_item(meeting=following, item=item, by=None, at=at)
    paper = Paper("perda", "Perda", number="1/2026", document=pdf())
    record_instrument(region=region, paper=paper, by=None, at=at)
    decided = decision(council, at, paper=pdf())
    errand = task(decided, at, post(region, "untuk-tugas"))
    close_task(
        task=errand, state="done", proof="Selesai.", document=pdf(), by=None, at=at
    )


def holds(account: Account, owner: Post, at: datetime) -> None:
    owner.holdings.create(account=account, since=at - timedelta(days=1))
