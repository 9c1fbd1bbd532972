"""The journey of a practice through its pages: written here, adopted there, thanked."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from habaring.exchange import tables
from habaring.exchange.models import Adoption, Meeting, Practice, Question
from habaring.people.models import Account
from habaring.portfolio.queries import current_candidates
from habaring.regions.models import Region
from habaring.shared.tables import write_csv
from tests.exchange import makers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both")]


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def file_of(answer: Any) -> bytes:
    """A download, whether it comes in blocks or whole."""
    return b"".join(answer) if answer.streaming else answer.content


def work(name: str, *args: object) -> str:
    return reverse(f"exchange-work:{name}", args=args)


def test_from_one_region_to_the_other_and_the_thank_you_back(
    here: Region, origin: Region, budi: Account, citra: Account
) -> None:
    giver, taker = as_(citra), as_(budi)
    form = {
        **makers.WHOLE,
        "tags": "sampah, daur ulang",
        "cost": "250.000.000",
        "result": "unmeasured",
        "licence": "cc-by-4.0",
    }
    assert giver.post(work("new", "62.01"), form).status_code == 302
    page = giver.get(work("practice", "62.01", 1))
    assert page.context["missing"] == []
    assert Client().get("/daerah/62.01/praktik/1/").status_code == 404
    assert giver.post(work("publish", "62.01", 1)).status_code == 302
    public = Client().get("/daerah/62.01/praktik/1/").content.decode()
    assert "250.000.000" in public
    found = taker.get("/praktik/?q=garbage&mirip=62.02").content.decode()
    assert "Bank sampah desa" in found
    adopt = work("adopt", "62.02", "62.01", 1)
    start = taker.get(adopt)
    assert start.status_code == 200
    sent = {**start.context["form"].initial, "illustrative": "", "why": "Mirip."}
    assert taker.post(adopt, sent).status_code == 302
    row = Adoption.objects.get()
    assert current_candidates(here).filter(code=row.candidate).exists()
    taker.post(work("thank", "62.02", row.pk), {"text": "Terima kasih banyak!"})
    public = Client().get("/daerah/62.01/praktik/1/").content.decode()
    assert "Kotawaringin Timur" in public
    assert "Terima kasih banyak!" in public
    assert "Bank sampah desa" in Client().get("/daerah/62.02/praktik/").content.decode()
    desk = giver.get(work("adoptions", "62.01")).content.decode()
    assert "Terima kasih banyak!" in desk
    thread = taker.get(f"/ruang-kerja/62.02/pilih/kandidat/{row.candidate}/")
    assert "Diadopsi dari" in thread.content.decode()
    assert taker.post(adopt, sent).status_code == 422
    undone = taker.post(work("undo", "62.02", row.pk), {"reason": "Belum siap."})
    assert undone.status_code == 302
    assert not current_candidates(here).filter(code=row.candidate).exists()


def test_questions_offers_and_visits_by_their_pages(
    here: Region, origin: Region, budi: Account, citra: Account, at: datetime
) -> None:
    row = makers.published(origin, at, citra)
    giver, taker = as_(citra), as_(budi)
    taker.post(work("ask", "62.02", "62.01", 1), {"text": "Berapa pengurusnya?"})
    question = Question.objects.get()
    assert "Berapa pengurusnya?" in giver.get(work("desk", "62.01")).content.decode()
    giver.post(work("answer", "62.01", question.pk), {"text": "Tiga orang."})
    public = Client().get("/daerah/62.01/praktik/1/").content.decode()
    assert "Tiga orang." in public
    offer = {"title": "Bank sampah", "text": "Kami bantu.", "places": 2}
    assert giver.post(work("offers", "62.01"), offer).status_code == 302
    assert "Kami bantu." in taker.get(work("offers", "62.02")).content.decode()
    day = localdate() + timedelta(days=9)
    wish = {"kind": "visit", "purpose": "Belajar.", "proposed_on": day, "people": 3}
    address = work("ask-meeting", "62.02", "62.01") + f"?praktik={row.pk}"
    assert taker.post(address, wish).status_code == 302
    visit = Meeting.objects.get()
    step = work("meeting", "62.01", visit.pk)
    assert giver.post(step, {"state": "accepted", "on": day}).status_code == 302
    refused = giver.post(step, {"state": "held", "on": day, "text": "Sudah."})
    assert refused.status_code == 422
    assert (
        str(day.year) in taker.get(work("meeting", "62.02", visit.pk)).content.decode()
    )
    outside = as_(citra).get(work("meeting", "62.02", visit.pk))
    assert outside.status_code == 403


def test_a_withdrawn_practice_says_why_and_nothing_else(
    origin: Region, citra: Account, at: datetime
) -> None:
    makers.published(origin, at, citra)
    giver = as_(citra)
    assert giver.post(work("withdraw", "62.01", 1), {"reason": ""}).status_code == 422
    giver.post(work("withdraw", "62.01", 1), {"reason": "Angkanya keliru."})
    page = Client().get("/daerah/62.01/praktik/1/").content.decode()
    assert "Angkanya keliru." in page
    assert "dibuang ke sungai" not in page
    assert "Bank sampah desa" not in Client().get("/praktik/").content.decode()


def test_earlier_versions_stay_readable(
    origin: Region, citra: Account, at: datetime
) -> None:
    makers.published(origin, at, citra)
    giver = as_(citra)
    start = giver.get(work("edit", "62.01", 1))
    form = {
        name: value
        for name, value in start.context["form"].initial.items()
        if value not in (None, "")
    }
    form |= {"title": "Bank sampah baru", "tags": "sampah", "indicators": ""}
    assert giver.post(work("edit", "62.01", 1), form).status_code == 302
    giver.post(work("publish", "62.01", 1))
    client = Client()
    assert "Bank sampah baru" in client.get("/daerah/62.01/praktik/1/").content.decode()
    old = client.get("/daerah/62.01/praktik/1/versi/1/").content.decode()
    assert "Bank sampah desa" in old
    assert client.get("/daerah/62.01/praktik/1/versi/9/").status_code == 404


def test_a_file_goes_out_and_comes_in_unchanged(
    origin: Region, citra: Account, at: datetime
) -> None:
    makers.published(origin, at, citra)
    giver = as_(citra)
    out = file_of(giver.get(work("file", "62.01", "csv")))
    again = giver.post(
        work("upload", "62.01"), {"file": SimpleUploadedFile("p.csv", out, "text/csv")}
    )
    assert again.status_code == 302
    assert Practice.objects.count() == 1
    assert not Practice.objects.get().versions.filter(published_at=None).exists()
    row = {"title": "Dari berkas", "dimension_code": "ENV", "summary": "Singkat."}
    file = b"".join(write_csv(tables.kind(), [row], "id"))
    giver.post(
        work("upload", "62.01"), {"file": SimpleUploadedFile("b.csv", file, "text/csv")}
    )
    assert Practice.objects.get(title="Dari berkas").state == "draft"
    bad = file.replace(b"ENV", b"XXX")
    refused = giver.post(
        work("upload", "62.01"), {"file": SimpleUploadedFile("b.csv", bad, "text/csv")}
    )
    assert refused.status_code == 422
    assert Practice.objects.count() == 2


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_everybody_downloads_the_list(
    origin: Region, citra: Account, at: datetime, form: str
) -> None:
    makers.published(origin, at, citra)
    makers.begun(origin, at, citra, title="Rahasia rancangan")
    answer = Client().get(f"/praktik/daftar.{form}?q=sampah")
    assert answer.status_code == 200
    content = file_of(answer)
    if form != "xlsx":
        assert b"Bank sampah desa" in content
        assert b"Rahasia" not in content
    else:
        assert io.BytesIO(content).read(2) == b"PK"


def test_the_list_asks_the_database_the_same_however_many_there_are(
    origin: Region,
    citra: Account,
    at: datetime,
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    for n in range(6):
        makers.published(origin, at, citra, title=f"Praktik {n}")
    client = Client()
    client.get("/praktik/?q=praktik")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        client.get("/praktik/?q=praktik&mirip=62.02")


def test_who_does_not_share_practices_reads_and_writes_nothing(
    origin: Region, citra: Account, alya: Account, budi: Account, at: datetime
) -> None:
    makers.begun(origin, at, citra)
    for person in (alya, budi):
        client = as_(person)
        assert client.get(work("desk", "62.01")).status_code == 403
        assert client.post(work("publish", "62.01", 1)).status_code == 403
    assert Practice.objects.get().state == "draft"
