"""The council: decisions are recorded once, never changed, and read by everyone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from habaring.council.actions import (
    Body,
    CouncilRefused,
    DecisionRefused,
    Ruling,
    record_council,
    record_decision,
)
from habaring.council.models import Council, Decision
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers
from tests.shared import bad_files

W = "/ruang-kerja/62.02/dewan/"


@pytest.fixture
def council(kotim: Region, budi: Account, at: datetime) -> Council:
    return record_council(region=kotim, body=Body("Dewan Smart City"), by=budi, at=at)


def ruling(at: datetime, **more: Any) -> Ruling:
    given: dict[str, Any] = {
        "number": "1/2026",
        "decided_on": at.date(),
        "title": "Rencana",
        "reason": "Karena paling baik.",
    }
    return Ruling(**(given | more))


def decide(council: Council, budi: Account, at: datetime, **more: Any) -> Decision:
    return record_decision(
        region=council.region,
        council=council,
        ruling=ruling(at, **more),
        by=budi,
        at=at,
    )


def test_a_decision_is_recorded_and_audited(
    council: Council, budi: Account, at: datetime
) -> None:
    made = decide(council, budi, at)
    assert made.reason == "Karena paling baik."
    assert AuditEntry.objects.get(verb="council.decision.recorded").by == budi


@pytest.mark.parametrize("wrong", [{"number": " "}, {"title": ""}, {"reason": " "}])
def test_an_incomplete_decision_is_refused(
    council: Council, budi: Account, at: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(DecisionRefused):
        decide(council, budi, at, **wrong)


def test_a_decision_of_tomorrow_is_refused(
    council: Council, budi: Account, at: datetime
) -> None:
    with pytest.raises(DecisionRefused):
        decide(council, budi, at, decided_on=at.date() + timedelta(days=1))


def test_a_number_stands_for_one_decision(
    council: Council, budi: Account, at: datetime
) -> None:
    decide(council, budi, at)
    with pytest.raises(DecisionRefused, match="1/2026"):
        decide(council, budi, at)


def test_the_council_of_another_region_cannot_decide_here(
    council: Council, budi: Account, at: datetime
) -> None:
    there = makers.region("62.01")
    with pytest.raises(DecisionRefused):
        record_decision(
            region=there, council=council, ruling=ruling(at), by=budi, at=at
        )


def test_a_decision_is_never_changed_or_deleted(
    council: Council, budi: Account, at: datetime
) -> None:
    made = decide(council, budi, at)
    for change in (lambda: Decision.objects.update(title="Lain"), made.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_council_is_recorded_once_by_name(
    council: Council, kotim: Region, budi: Account, at: datetime
) -> None:
    for body in (
        Body("Dewan  Smart City"),
        Body(" "),
        Body("B", decree_on=at.date() + timedelta(1)),
    ):
        with pytest.raises(CouncilRefused):
            record_council(region=kotim, body=body, by=budi, at=at)


def test_pages_in_both_languages_before_and_after(
    client: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    client.force_login(budi)
    for lang in ("id", "en"):
        for address in (W, W + "baru/", W + "keputusan/baru/", "/daerah/62.02/dewan/"):
            assert client.get(f"{address}?bahasa={lang}").status_code == 200
    made = record_council(region=kotim, body=Body("Dewan"), by=budi, at=at)
    decide(made, budi, at, illustrative=True)
    page = client.get("/daerah/62.02/dewan/?bahasa=en").content.decode()
    assert "Karena paling baik." in page
    assert ">example</span>" in page
    assert client.get(W).status_code == 200


def test_strangers_and_citizens_record_nothing(
    client: Client, council: Council, alya: Account, citra: Account
) -> None:
    for person in (alya, citra):
        client.force_login(person)
        assert client.get(W).status_code == 403
        assert client.post(W + "keputusan/baru/", {}).status_code == 403
        assert client.post(W + "baru/", {}).status_code == 403
    assert not Decision.objects.exists()


def test_the_paper_is_kept_and_given_out(
    client: Client, council: Council, budi: Account
) -> None:
    client.force_login(budi)
    given = {
        "council": council.pk,
        "number": "2/2026",
        "decided_on": "2026-01-05",
        "title": "Rencana",
        "reason": "Baik.",
    }
    wrong = SimpleUploadedFile("naskah.pdf", bad_files.content_of(bad_files.picture()))
    assert (
        client.post(W + "keputusan/baru/", given | {"document": wrong}).status_code
        == 422
    )
    assert not Decision.objects.exists()
    content = bad_files.content_of(bad_files.pdf("naskah.pdf"))
    paper = SimpleUploadedFile("naskah.pdf", content)
    answer = client.post(
        W + "keputusan/baru/?kembali=//evil.example/", given | {"document": paper}
    )
    assert answer["Location"] == W + "keputusan/"
    made = Decision.objects.get()
    client.logout()
    sent = client.get(f"/daerah/62.02/dewan/keputusan/{made.pk}/naskah.pdf")
    assert b"".join(sent) == content


def test_after_a_decision_one_comes_back_to_what_it_was_for(
    client: Client, council: Council, budi: Account
) -> None:
    client.force_login(budi)
    back = "/ruang-kerja/62.02/pilih/skenario/1/tetapkan/"
    given = {
        "council": council.pk,
        "number": "2/2026",
        "decided_on": "2026-01-05",
        "title": "Rencana",
        "reason": "Baik.",
        "kembali": back,
    }
    assert client.post(W + "keputusan/baru/", given)["Location"] == back
