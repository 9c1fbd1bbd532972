"""The work room: who gets in, uploads good and bad, one value, targets, publishing."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from habaring.assessment import actions, views
from habaring.assessment.models import (
    Framework,
    IndexEdition,
    Indicator,
    Observation,
    Publication,
    Target,
)
from habaring.people.models import Account, Role
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry, Upload
from tests import makers as house
from tests.assessment import makers
from tests.shared import bad_files

pytestmark = pytest.mark.django_db

HEAD = "region,indicator,year,value,status,source,note\n"
GOOD = f"{HEAD}62.02,K01,2024,72.66,,BPS 2024,\n62.02,K23,2024,3.22,,PANRB,\n"


@pytest.fixture
def framework() -> Any:
    return makers.framework()


@pytest.fixture
def desk(client: Client, budi: Account, framework: Framework) -> Any:
    client.force_login(budi)
    return client


def address(name: str, *args: Any, code: str = "62.02") -> Any:
    return reverse(f"assessment-work:{name}", args=[code, *args])


def send(
    desk: Client,
    content: str | bytes,
    name: str = "nilai.csv",
    to: str = "upload",
    **more: Any,
) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return desk.post(
        address(to), {"file": SimpleUploadedFile(name, data), **more}, follow=True
    )


def body_of(response: Any) -> bytes:
    """The bytes of a download, streamed or not."""
    if response.streaming:
        return b"".join(response.streaming_content)
    return bytes(response.content)


def nothing_saved() -> Any:
    return not (
        Observation.objects.exists()
        or Upload.objects.exists()
        or AuditEntry.objects.exists()
    )


# Who gets in

PAGES = [
    ("overview", []),
    ("upload", []),
    ("uploads", []),
    ("single", []),
    ("history", ["K01"]),
    ("targets", []),
    ("publish", []),
    ("template", ["csv"]),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_only_people_of_the_region_get_in(
    client: Client,
    alya: Account,
    citra: Account,
    budi: Account,
    framework: Framework,
    name: str,
    args: list[Any],
) -> None:
    at = address(name, *args)
    assert client.get(at).status_code == 302  # to sign in
    for stranger in (alya, citra):
        client.force_login(stranger)
        assert client.get(at).status_code == 403
    client.force_login(budi)
    assert client.get(at).status_code == 200


def test_strangers_cannot_send_anything(
    client: Client, alya: Account, citra: Account, framework: Framework, kotim: Region
) -> None:
    for stranger in (alya, citra):
        client.force_login(stranger)
        assert send(client, GOOD).status_code == 403
        for name in ("single", "targets", "publish"):
            assert client.post(address(name), {}).status_code == 403
    assert nothing_saved()


def test_an_officer_records_but_does_not_publish(
    client: Client, framework: Framework, kotim: Region
) -> None:
    assert "record_observations" in Role.objects.get(code="officer").powers
    client.force_login(house.officer("Dewi", region=kotim, role="officer"))
    assert send(client, GOOD).status_code == 200
    assert client.get(address("publish")).status_code == 403


def test_an_inspector_reads_but_does_not_record(
    client: Client, framework: Framework, kotim: Region
) -> None:
    client.force_login(house.officer("Ika", region=kotim, role="inspector"))
    assert client.get(address("overview")).status_code == 200
    assert client.get(address("upload")).status_code == 403


# Uploads


def test_a_good_file_is_recorded_and_tells_what_changed(
    desk: Client, budi: Account
) -> None:
    answer = send(desk, GOOD)
    body = answer.content.decode()
    assert "<b>2</b> baru" in body
    upload = Upload.objects.get()
    assert (upload.rows, upload.uploaded_by, upload.name) == (2, budi, "nilai.csv")
    assert Observation.objects.filter(upload=upload).count() == 2
    again = send(desk, GOOD).content.decode()
    assert "<b>0</b> baru, <b>0</b> dikoreksi, <b>2</b> tetap" in again
    corrected = send(desk, GOOD.replace("72.66,,BPS 2024,", "72.7,,BPS 2024,Ralat."))
    assert "<b>1</b> dikoreksi" in corrected.content.decode()
    assert "Ralat." in corrected.content.decode()


def test_semicolons_and_decimal_commas_are_read(desk: Client) -> None:
    text = GOOD.replace(",", ";").replace("72.66", "72,66").replace("3.22", "3,22")
    assert send(desk, text).status_code == 200
    assert Observation.objects.get(indicator__code="K01").value == Decimal("72.66")


def test_a_note_lets_a_jump_pass(desk: Client, kotim: Region) -> None:
    makers.record(kotim, makers.row("K06", 2023, "4"))
    row = "62.02,K06,2024,9,,BPS,"
    assert send(desk, HEAD + row).status_code == 422
    assert send(desk, f"{HEAD}{row}Banjir besar.").status_code == 200


def bad(name: str, text: str | bytes, words: str) -> Any:
    return pytest.param(name, text, words, id=words[:30])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        bad("x.csv", GOOD.replace("BPS", "BPS é").encode("cp1252"), "UTF-8"),
        bad("x.csv", bad_files.picture().getvalue(), "gambar"),
        bad("x.xlsx", bad_files.pdf().getvalue(), "PDF"),
        bad("x.xlsx", bad_files.zip_bomb(300).getvalue(), "jauh lebih besar"),
        bad("x.xls", bad_files.old_xls().getvalue(), "XLS"),
        bad("x.csv", b"", "kosong"),
        bad("x.csv", "a,b\n1,2\n", "Indikator"),
        bad("x.csv", GOOD.replace("K23", "K99"), "K99"),
        bad("x.csv", GOOD.replace("K23", "K01"), "sama"),
        bad("x.csv", GOOD.replace("62.02,K23", "62.01,K23"), "62.01"),
        bad("x.csv", GOOD.replace("K23,2024", "K23,2031"), "2031"),
        bad("x.csv", GOOD.replace("3.22", "5.5"), "paling besar 5"),
        bad("x.csv", GOOD.replace("3.22", "-3.22"), "paling kecil 1"),
        bad("x.csv", GOOD.replace("72.66", '"1.234,56"'), "paling besar 100"),
        bad("x.csv", GOOD.replace("72.66", "72.66%"), "persen"),
        bad("x.csv", GOOD.replace("72.66", "banyak"), "banyak"),
        bad("x.csv", GOOD.replace("72.66,", "72.66,missing"), "Status"),
        bad("x.csv", GOOD.replace(",PANRB,", ",,"), "sumber"),
        bad(
            "x.xlsx",
            bad_files.merged_header(
                "Kunci", ["indicator", "year", "value"], ["K01", "2024", "72"]
            ).getvalue(),
            "digabung",
        ),
    ],
)
def test_a_bad_file_is_refused_whole(
    desk: Client, citra: Account, name: str, content: str | bytes, words: str
) -> None:
    answer = send(desk, content, name=name)
    assert answer.status_code == 422
    assert words.casefold() in answer.content.decode().casefold()
    assert nothing_saved()


def test_a_file_too_large_is_refused(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_BYTES", 100)
    answer = send(desk, GOOD)
    assert answer.status_code == 422
    assert "MB" in answer.content.decode()
    assert nothing_saved()


def test_every_problem_is_named_by_row_and_column_and_can_be_downloaded(
    desk: Client,
) -> None:
    """Cells that cannot be read and values that cannot be: in one list."""
    text = GOOD.replace("72.66", "172.66").replace("K23,2024", "K23,2031")
    body = send(desk, text + "62.02,K99,2024,1,,X,\n").content.decode()
    listed = re.findall(r"<td[^>]*>(\d+)</td><td[^>]*>(\w+)</td>", body)
    assert listed == [("2", "value"), ("3", "year"), ("4", "indicator")]
    sheet = desk.get(address("problems"))
    assert sheet.status_code == 200
    assert "Baris" in sheet.content.decode()
    send(desk, GOOD)
    assert desk.get(address("problems")).status_code == 404


def test_problems_of_meaning_are_all_named(desk: Client) -> None:
    text = GOOD.replace("72.66", "172.66").replace("3.22", "9")
    body = send(desk, text).content.decode()
    assert re.findall(r"<td[^>]*>(\d+)</td><td[^>]*>(\w+)</td>", body) == [
        ("2", "value"),
        ("3", "value"),
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_comes_back_unchanged(
    desk: Client, kotim: Region, kind: str, language: str
) -> None:
    makers.record(
        kotim,
        makers.row(),
        makers.row("K23", 2024, "3.22", note="=1+1", provisional=True),
        makers.row("K06", 2024, None, status="suppressed"),
    )
    before = Observation.objects.count()
    sheet = desk.get(address("template", kind), {"bahasa": language})
    content = body_of(sheet)
    answer = send(desk, content, name=f"t.{kind}")
    assert answer.status_code == 200
    assert (
        "<b>0</b> baru, <b>0</b> dikoreksi, <b>3</b> tetap" in answer.content.decode()
    )
    assert Observation.objects.count() == before


def test_the_public_download_comes_back_unchanged(
    desk: Client, client: Client, kotim: Region
) -> None:
    makers.record(kotim, makers.row(illustrative=True), makers.row(year=2023, value=72))
    sheet = client.get(reverse("assessment:table", args=["62.02", "csv"]))
    answer = send(desk, body_of(sheet))
    assert "<b>2</b> tetap" in answer.content.decode()


def test_uploads_are_listed_and_the_file_can_be_had_back(desk: Client) -> None:
    send(desk, GOOD)
    upload = Upload.objects.get()
    assert "nilai.csv" in desk.get(address("uploads")).content.decode()
    assert "nilai.csv" in desk.get(address("overview")).content.decode()
    sent = desk.get(address("upload-file", upload.pk))
    assert body_of(sent) == GOOD.encode()


def test_a_file_of_another_region_is_not_shown(desk: Client, citra: Account) -> None:
    other = Upload.objects.create(
        region_code="62.01",
        kind="observations",
        name="x.csv",
        sha256="0" * 64,
        size=1,
        uploaded_at=makers.NOON,
    )
    assert desk.get(address("upload-detail", other.pk)).status_code == 404


def test_a_file_that_is_gone_is_not_found(desk: Client) -> None:
    gone = Upload.objects.create(
        region_code="62.02",
        kind="observations",
        name="x.csv",
        sha256="0" * 64,
        size=1,
        uploaded_at=makers.NOON,
    )
    assert desk.get(address("upload-detail", gone.pk)).status_code == 200
    assert desk.get(address("upload-file", gone.pk)).status_code == 404


# One value


def one(**more: Any) -> Any:
    return {
        "indicator": "K01",
        "year": "2024",
        "value": "72,66",
        "source": "BPS",
        **more,
    }


def test_the_form_records_as_a_file_does(desk: Client, budi: Account) -> None:
    answer = desk.post(address("single"), one(), follow=True)
    assert answer.status_code == 200
    row = Observation.objects.get()
    assert (row.value, row.recorded_by) == (Decimal("72.66"), budi)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"indicator": ""}, "Indikator"),
        ({"year": "2040"}, "2040"),
        ({"value": "172"}, "paling besar 100"),
        ({"value": "banyak"}, "banyak"),
        ({"value": ""}, "nilainya kosong"),
        ({"status": "missing"}, "Kosongkan salah satunya"),
        ({"source": ""}, "sumber"),
        ({"released_on": "31/02/2024"}, "31/02/2024"),
        ({"source_url": "bps"}, "https://"),
    ],
)
def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(
    desk: Client, more: dict[str, str], words: str
) -> None:
    answer = desk.post(address("single"), one(**more))
    assert answer.status_code == 422
    body = answer.content.decode()
    assert words in body
    assert 'value="BPS"' in body or more.get("source") == ""
    assert nothing_saved()


def test_the_form_opens_with_the_current_value(desk: Client, kotim: Region) -> None:
    makers.record(kotim, makers.row())
    answer = desk.get(address("single"), {"indikator": "K01", "tahun": "2024"})
    assert 'value="72,66"' in answer.content.decode()


def test_a_correction_can_be_undone_with_a_reason(desk: Client, kotim: Region) -> None:
    makers.record(kotim, makers.row())
    makers.record(kotim, makers.row(value=74))
    first = Observation.objects.get(revision=1)
    at = address("restore", first.id)
    assert "72,66" in desk.get(at).content.decode()
    assert desk.post(at, {"reason": ""}).status_code == 422
    answer = desk.post(at, {"reason": "Salah baris."}, follow=True)
    assert "Salah baris." in answer.content.decode()
    assert Observation.objects.current().get().value == Decimal("72.66")


# Targets


def test_targets_by_form_and_by_file(desk: Client, kotim: Region) -> None:
    typed = {"indicator": "K01", "year": "2029", "value": "80", "source": "RPJMD"}
    desk.post(address("targets"), typed)
    sheet = desk.get(address("target-template", "csv"))
    content = body_of(sheet).decode("utf-8-sig")
    assert "RPJMD" in content
    more = f"{content}62.02;K06;;;2029;1;RPJMD\r\n"
    answer = send(desk, more, to="targets", cara="file")
    assert answer.status_code == 200
    assert Target.objects.count() == 2
    assert Upload.objects.get().kind == "targets"


def test_wrong_targets_are_refused(desk: Client) -> None:
    wrong = {"indicator": "K01", "year": "2029", "value": "180", "source": "RPJMD"}
    assert desk.post(address("targets"), wrong).status_code == 422
    text = "indicator,year,value,source\nK01,2029,180,RPJMD\n"
    answer = send(desk, text, to="targets", cara="file")
    assert answer.status_code == 422
    assert "paling besar 100" in answer.content.decode()
    assert not Target.objects.exists()


def test_a_target_is_withdrawn_with_a_reason(
    desk: Client, kotim: Region, at: datetime
) -> None:
    row = makers.row("K01", 2029, "80", source="RPJMD")
    actions.record_targets(region=kotim, rows=[row], upload=None, by=None, at=at)
    where = address("withdraw", Target.objects.get().pk)
    assert desk.get(where).status_code == 200
    assert desk.post(where, {"reason": ""}).status_code == 422
    desk.post(where, {"reason": "RPJMD baru."})
    assert not Target.objects.exists()


# Publish


def asked(framework: Framework, **more: Any) -> Any:
    return {"framework": framework.pk, "year": 2024, "peers": "province", **more}


def test_an_edition_is_looked_at_then_published(
    desk: Client, framework: Framework, kotim: Region
) -> None:
    makers.province()
    look = desk.get(address("publish"), asked(framework))
    assert look.status_code == 200
    body = look.content.decode()
    assert "4/4" in body
    assert "Terbitkan edisi" in body
    assert not IndexEdition.objects.exists()
    answer = desk.post(
        address("publish"), asked(framework, note="Pertama."), follow=True
    )
    assert "Indeks edisi 2024 no. 1" in answer.content.decode()
    assert IndexEdition.objects.get().note == "Pertama."
    again = desk.post(address("publish"), asked(framework))
    assert again.status_code == 422
    assert "persis sama" in again.content.decode()


def test_a_refusal_is_foretold_in_the_preview(
    desk: Client, framework: Framework, kotim: Region
) -> None:
    house.region("62.01")
    body = desk.get(address("publish"), asked(framework)).content.decode()
    assert "Edisi tidak diterbitkan" in body


def test_named_peers_must_be_regions(desk: Client, framework: Framework) -> None:
    answer = desk.get(
        address("publish"), asked(framework, peers="chosen", codes="62.01 99.99")
    )
    assert answer.status_code == 422
    assert "99.99" in answer.content.decode()


def test_many_regions_are_published_in_the_background(
    desk: Client, framework: Framework, kotim: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers.province()
    monkeypatch.setattr(views, "BACKGROUND_PEERS", 3)
    waiting = desk.post(address("publish"), asked(framework), follow=True)
    assert "Menunggu giliran" in waiting.content.decode()
    asked_for = Publication.objects.get()
    job = ProcrastinateJob.objects.get()
    assert job.task_name in app.tasks
    assert job.args == {"publication": asked_for.pk}
    actions.run_publication(publication=asked_for, at=makers.NOON)
    asked_for.refresh_from_db()
    assert (asked_for.state, asked_for.edition) == ("done", IndexEdition.objects.get())
    actions.run_publication(publication=asked_for, at=makers.NOON)
    assert IndexEdition.objects.count() == 1
    done = desk.get(address("publication", asked_for.pk))
    assert done.status_code == 302


def test_a_refused_publication_says_why(
    desk: Client, framework: Framework, kotim: Region, budi: Account
) -> None:
    peers = makers.province()
    asked_for = actions.ask_publication(
        region=kotim, plan=makers.plan(peers), by=budi, at=makers.NOON
    )
    makers.edition(kotim, peers)
    actions.run_publication(publication=asked_for, at=makers.NOON)
    asked_for.refresh_from_db()
    assert asked_for.state == "refused"
    body = desk.get(address("publication", asked_for.pk)).content.decode()
    assert str(asked_for.refusal[1]) in body


# Bounds and languages


@pytest.mark.parametrize(
    ("name", "args", "most"),
    [
        ("overview", [], 16),
        ("upload", [], 8),
        ("uploads", [], 9),
        ("single", [], 12),
        ("history", ["K01"], 19),
        ("targets", [], 12),
        ("publish", [], 12),
    ],
)
def test_each_page_asks_the_database_little(
    desk: Client,
    kotim: Region,
    django_assert_max_num_queries: Any,
    name: str,
    args: list[Any],
    most: int,
) -> None:
    makers.province()
    with django_assert_max_num_queries(most):
        assert desk.get(address(name, *args)).status_code == 200


@pytest.mark.parametrize(("name", "args"), PAGES[:-1])
def test_each_page_opens_in_english(
    desk: Client, kotim: Region, name: str, args: list[Any]
) -> None:
    makers.province()
    assert Indicator.objects.exists()
    body = desk.get(address(name, *args), {"bahasa": "en"}).content.decode()
    assert '<html lang="en"' in body
