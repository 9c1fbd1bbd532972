"""Calls: what the work room does with them, what everybody sees."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from habaring.participation import queries
from habaring.participation.actions import calls as verbs
from habaring.participation.actions.calls import CallRefused, Round
from habaring.participation.models import (
    Call,
    CallKind,
    CallState,
    Step,
    StepKind,
    TakesPart,
)
from habaring.people.entitled.models import Register
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.audit import history
from tests import makers as people
from tests.participation import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def baamang(kotim: Region) -> Region:
    return people.region("62.02.05")


@pytest.fixture
def tinduk(baamang: Region) -> Region:
    return people.region("62.02.05.2006", "Tinduk", "desa")


def _round(region: Region, at: datetime, **more: Any) -> Round:
    given: dict[str, Any] = {
        "kind": CallKind.SUGGESTION_BOX,
        "name": "Kotak saran",
        "question": "Apa yang perlu?",
        "place": region,
        "proposals_from": at,
        "proposals_until": at + timedelta(days=10),
    }
    return Round(**(given | more))


def test_a_call_is_drafted_opened_and_closed(
    kotim: Region, budi: Account, at: datetime
) -> None:
    row = verbs.record_call(region=kotim, plan=_round(kotim, at), by=budi, at=at)
    assert row.state == CallState.DRAFT
    assert not row.takes_proposals(at)
    row = verbs.open_call(call=row, by=budi, at=at)
    assert row.takes_proposals(at)
    assert not row.takes_proposals(at + timedelta(days=10))
    row = verbs.close_call(call=row, by=budi, at=at)
    assert not row.takes_proposals(at)
    done = [entry.verb for entry in history(row, region="62.02")]
    assert done == [
        "participation.call.closed",
        "participation.call.opened",
        "participation.call.recorded",
    ]


def test_places_and_kinds_that_do_not_fit_are_refused(
    kotim: Region, baamang: Region, tinduk: Region, at: datetime
) -> None:
    elsewhere = people.region("62.01")
    wrong: list[dict[str, Any]] = [
        {"place": elsewhere},
        {"kind": CallKind.MUSRENBANG_VILLAGE, "place": baamang},
        {"kind": CallKind.MUSRENBANG_DISTRICT, "place": tinduk},
        {"kind": CallKind.MUSRENBANG_REGION, "place": baamang},
        {"kind": CallKind.POKIR, "proposes": TakesPart.CODE},
        {"name": "  "},
        {"question": ""},
        {"budget": -1},
        {"proposals_until": at},
        {"proposes": TakesPart.REGISTER},
    ]
    for more in wrong:
        with pytest.raises(CallRefused):
            verbs.record_call(
                region=kotim, plan=_round(kotim, at, **more), by=None, at=at
            )
    assert not Call.objects.exists()
    verbs.record_call(
        region=kotim,
        plan=_round(kotim, at, kind=CallKind.MUSRENBANG_VILLAGE, place=tinduk),
        by=None,
        at=at,
    )


def test_a_register_must_be_in_use_and_asked_for(kotim: Region, at: datetime) -> None:
    register = Register.objects.create(
        region=kotim, name="Warga", purpose="residents", rows=1, uploaded_at=at
    )
    asked: dict[str, Any] = {"proposes": TakesPart.REGISTER, "register": register}
    with pytest.raises(CallRefused):
        verbs.record_call(region=kotim, plan=_round(kotim, at, **asked), by=None, at=at)
    register.used_from = at
    register.save()
    verbs.record_call(region=kotim, plan=_round(kotim, at, **asked), by=None, at=at)
    with pytest.raises(CallRefused):
        verbs.record_call(
            region=kotim, plan=_round(kotim, at, register=register), by=None, at=at
        )


def test_proposals_go_on_upwards_and_never_in_a_circle(
    kotim: Region, baamang: Region, tinduk: Region, budi: Account, at: datetime
) -> None:
    district = makers.call(kotim, at, place=baamang)
    plan = _round(kotim, at, place=tinduk, passes_to=district)
    village = verbs.record_call(region=kotim, plan=plan, by=None, at=at)
    for place, onward in ((kotim, district), (baamang, village)):
        with pytest.raises(CallRefused):
            verbs.record_call(
                region=kotim,
                plan=_round(kotim, at, place=place, passes_to=onward),
                by=None,
                at=at,
            )
    first = makers.call(kotim, at)
    second = makers.call(kotim, at, passes_to=first)
    with pytest.raises(CallRefused):
        verbs.change_call(
            call=first, plan=_round(kotim, at, passes_to=second), by=budi, at=at
        )


def test_what_people_answered_to_stays(
    kotim: Region, baamang: Region, budi: Account, at: datetime
) -> None:
    row = makers.call(kotim, at)
    makers.proposal(row, at)
    with pytest.raises(CallRefused):
        verbs.change_call(
            call=row, plan=_round(kotim, at, place=baamang), by=budi, at=at
        )
    changed = verbs.change_call(
        call=row, plan=_round(kotim, at, rules="Satu usulan."), by=budi, at=at
    )
    assert changed.rules == "Satu usulan."
    with pytest.raises(CallRefused):
        verbs.change_call(
            call=row,
            plan=_round(
                kotim,
                at,
                proposals_from=at - timedelta(days=9),
                proposals_until=at - timedelta(days=1),
            ),
            by=budi,
            at=at,
        )


def test_states_follow_each_other(kotim: Region, budi: Account, at: datetime) -> None:
    row = makers.call(kotim, at, state=CallState.DRAFT, opened_at=None)
    with pytest.raises(CallRefused):
        verbs.close_call(call=row, by=budi, at=at)
    with pytest.raises(CallRefused):
        verbs.cancel_call(call=row, reason="Tidak jadi karena banjir.", by=budi, at=at)
    with pytest.raises(CallRefused):
        verbs.open_call(call=row, by=budi, at=at + timedelta(days=60))
    row = verbs.open_call(call=row, by=budi, at=at)
    with pytest.raises(CallRefused):
        verbs.open_call(call=row, by=budi, at=at)
    with pytest.raises(CallRefused):
        verbs.cancel_call(call=row, reason="batal", by=budi, at=at)
    row = verbs.cancel_call(
        call=row, reason="Tidak jadi karena banjir.", by=budi, at=at
    )
    assert row.state == CallState.CANCELLED
    with pytest.raises(CallRefused):
        verbs.change_call(call=row, plan=_round(kotim, at), by=budi, at=at)


def test_the_work_room_makes_opens_and_cancels_a_call(
    kotim: Region, budi: Account, client: Client
) -> None:
    client.force_login(budi)
    new = reverse("participation-work:new-call", args=["62.02"])
    assert client.get(new).status_code == 200
    fields = {
        "kind": "suggestion_box",
        "name": "Kotak saran",
        "question": "Apa yang perlu?",
        "place": "62.02",
        "from_on": "2026-11-01",
        "until_on": "",
        "proposes": "code",
        "budget": "1.500.000",
    }
    wrong = client.post(new, fields | {"until_on": "2026-10-01"})
    assert wrong.status_code == 422
    assert b"Kotak saran" in wrong.content
    answer = client.post(new, fields)
    row = Call.objects.get()
    assert answer.status_code == 302
    assert row.budget == 1_500_000
    public = reverse("participation:call", args=["62.02", row.pk])
    assert Client().get(public).status_code == 404
    for name in ("call", "edit-call", "cancel-call"):
        page = reverse(f"participation-work:{name}", args=["62.02", row.pk])
        assert client.get(page).status_code == 200
    client.post(reverse("participation-work:open-call", args=["62.02", row.pk]))
    assert Client().get(public).status_code == 200
    cancel = reverse("participation-work:cancel-call", args=["62.02", row.pk])
    assert client.post(cancel, {"reason": "x"}).status_code == 422
    client.post(cancel, {"reason": "Anggaran dialihkan ke bencana."})
    assert b"Anggaran dialihkan ke bencana." in Client().get(public).content
    assert (
        client.get(reverse("participation-work:desk", args=["62.02"])).status_code
        == 200
    )
    listed = client.get(
        reverse("participation-work:calls", args=["62.02"]) + "?q=saran"
    )
    assert b"Kotak saran" in listed.content


def test_a_stranger_and_a_citizen_make_no_call(
    kotim: Region, citra: Account, alya: Account, client: Client
) -> None:
    new = reverse("participation-work:new-call", args=["62.02"])
    for person in (citra, alya):
        client.force_login(person)
        assert client.get(new).status_code == 403


def test_the_listen_page_shows_calls_and_filters_proposals(
    kotim: Region, baamang: Region, tinduk: Region, at: datetime, client: Client
) -> None:
    now = datetime.now(tz=at.tzinfo)
    open_ = makers.call(kotim, now)
    makers.call(kotim, now, name="Rahasia", state=CallState.DRAFT)
    over = makers.call(kotim, now, name="Lama", state=CallState.CLOSED)
    makers.proposal(open_, now, place=tinduk, dimension_code="LIV")
    makers.proposal(over, now, title="Bak sampah pasar", dimension_code="ENV")
    makers.proposal(open_, now, title="Tertahan", state="held")
    listen = reverse("participation:calls", args=["62.02"])
    every = client.get(listen).content.decode()
    assert "Lampu jalan" in every
    assert "Bak sampah pasar" in every
    assert "Rahasia" not in every
    assert "Tertahan" not in every
    for query, found in (
        ("q=sampah", "Bak sampah pasar"),
        ("q=U-0001", "Lampu jalan"),
        ("dimensi=ENV", "Bak sampah pasar"),
        (f"panggilan={over.pk}", "Bak sampah pasar"),
        ("tempat=62.02.05", "Lampu jalan"),
    ):
        page = client.get(f"{listen}?{query}").content.decode()
        assert found in page
        other = "Lampu jalan di" if found != "Lampu jalan" else "Bak sampah pasar"
        assert other not in page
    assert client.get(f"{listen}?q=tidakada").status_code == 200
    assert client.get(f"{listen}?halaman=99&dimensi=XXX").status_code == 200


def test_what_is_on_the_screen_can_be_kept(
    kotim: Region, at: datetime, client: Client, alya: Account
) -> None:
    call = makers.call(kotim, at)
    row = makers.proposal(call, at, author=alya, author_name="")
    makers.proposal(call, at, title="Bak sampah pasar")
    makers.follower(row, alya, at, supports=True)
    address = reverse("participation:proposals-file", args=["62.02", "json"])
    told = json.loads(client.get(f"{address}?q=mawar").content)
    assert [one["code"] for one in told] == ["U-0001"]
    assert told[0]["supporters"] == 1
    assert "alya" not in json.dumps(told).lower()
    table = client.get(reverse("participation:proposals-file", args=["62.02", "csv"]))
    text = b"".join(table.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) >= 2
    wrong = reverse("participation:proposals-file", args=["62.02", "pdf"])
    assert client.get(wrong).status_code == 404


def test_where_a_proposal_stands_is_the_newest_word_of_voters_or_council(
    kotim: Region, at: datetime
) -> None:
    call = makers.call(kotim, at)
    rows = [makers.proposal(call, at, title=name) for name in ("A", "B")]
    told = [
        (StepKind.ON_BALLOT, {"vote": "V"}),
        (StepKind.COUNTED, {"vote": "V", "bought": False}),
        (StepKind.OVERRIDDEN, {"vote": "V", "bought": True, "decision": "1/2026"}),
    ]
    for row, steps in zip(rows, (told, told[:2]), strict=True):
        for i, (kind, details) in enumerate(steps):
            Step.objects.create(
                region=kotim,
                proposal=row,
                kind=kind,
                at=at + timedelta(hours=i),
                details=details,
            )
    stands = queries.standings(rows)
    assert [str(stands[row.pk][0]) for row in rows] == ["terpilih", "tidak terpilih"]
    for word, row in zip(("terpilih", "tidak-terpilih"), rows, strict=True):
        assert list(queries.narrowed(kotim, queries.Wanted(stands=word))) == [row]
    assert "1/2026" in queries.steps_of(rows[0])[-1].sentence


def test_new_proposals_are_a_feed_of_text(
    client: Client, kotim: Region, at: datetime
) -> None:
    call = makers.call(kotim, at)
    makers.proposal(call, at, title="Jembatan", idea="<script>alert(1)</script>")
    page = reverse("participation:proposals-file", args=[kotim.pk, "atom"])
    answer = client.get(page)
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "Jembatan" in answer.text
    assert "&amp;lt;script&amp;gt;" in answer.text
    assert page in client.get(reverse("participation:calls", args=[kotim.pk])).text


def test_the_front_of_listening_leads_to_votes_and_says_who_proposed(
    client: Client, kotim: Region, at: datetime
) -> None:
    call = makers.call(kotim, at)
    row = makers.proposal(call, at, origin="department", origin_text="BPBD")
    vote = makers.on_ballot(row, at).vote
    text = client.get(reverse("participation:calls", args=[kotim.pk])).text
    assert reverse("participation:vote", args=[kotim.pk, vote.pk]) in text
    assert "BPBD" in text
    assert "0</b> pendukung" not in text
