"""One programme through every stage, both ways."""

from datetime import datetime

from django.test import Client
from django.utils.translation import override

from habaring.masterplan import actions
from habaring.people.models import Account
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region
from habaring.web.thread import of_candidate
from tests.masterplan import makers


def knots(code: str) -> list[tuple[str, str, str]]:
    candidate = Candidate.objects.get(code=code)
    with override("id"):
        return [(str(k.label), str(k.text), k.state) for k in of_candidate(candidate)]


def test_from_where_it_came_to_the_page_in_the_book(
    kotim: Region, at: datetime
) -> None:
    makers.plan(kotim, at)
    makers.edition(kotim, at)
    found = knots("GOV-02")
    texts = [text for _label, text, _state in found]
    assert texts[0] == "Warga Baamang"
    assert texts[-1] == "Edisi 1, rencana aksi"
    assert "next" not in [state for *_words, state in found]


def test_what_is_not_chosen_ends_with_what_is_still_missing(
    kotim: Region, at: datetime
) -> None:
    makers.plan(kotim, at)
    makers.edition(kotim, at)
    assert [state for *_words, state in knots("GOV-03")][-2:] == ["next", "next"]


def test_a_withdrawn_edition_leaves_the_thread(
    kotim: Region, budi: Account, at: datetime
) -> None:
    makers.plan(kotim, at)
    edition = makers.edition(kotim, at)
    actions.withdraw_edition(edition=edition, reason="Keliru", by=budi, at=at)
    assert knots("GOV-01")[-1][1] == "Belum ada dalam edisi yang diterbitkan."


def test_programme_and_book_lead_to_each_other(
    kotim: Region, at: datetime, client: Client
) -> None:
    makers.plan(kotim, at)
    makers.edition(kotim, at)
    programme = "/daerah/62.02/pilihan/program/GOV-01/"
    page = client.get(programme).content.decode()
    assert "/daerah/62.02/rencana/edisi/1/program/GOV-01/" in page
    book = client.get(
        "/daerah/62.02/rencana/edisi/1/program/GOV-01/", follow=True
    ).content.decode()
    assert f'href="{programme}"' in book
