"""A cohort's own method: read with every fault named, written as it was, kept until the
call opens.
"""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.guidance import methods, shipped
from habaring.guidance.actions import cohorts
from habaring.guidance.method_files import MethodUnreadable, read_method, written
from habaring.guidance.models import Cohort
from habaring.regions.models import Region
from tests.guidance import makers as guidance

OWN = """
why_id = "Tahun ini yang terpencil didahulukan."
tie_break = ["distance"]

[[criteria]]
code = "need"
name_id = "Kebutuhan"
weight = 60
why_id = "Yang paling membutuhkan."

[[criteria]]
code = "distance"
name_id = "Jarak ke ibu kota provinsi (km)"
weight = 40
kind = "higher"

[[requirements]]
code = "letter"
name_id = "Surat kepala daerah"
"""


def test_a_written_method_comes_back_unchanged() -> None:
    for method in (shipped.method(), read_method(OWN)):
        assert read_method(written(method)) == read_method(
            written(read_method(written(method)))
        )
    assert read_method(written(read_method(OWN))) == read_method(OWN)


def test_quotes_and_letters_of_any_script_survive() -> None:
    own = read_method(OWN)
    own["why_id"] = 'Kata "habaring"\nberarti \\ bersama, é 漢 \x7f'
    assert read_method(written(own)) == own


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("weight = 60", "weight = 50", "90"),
        ("weight = 60", 'weight = "60"', "weight"),
        ('"need"', '"distance"', "distance"),
        ('kind = "higher"', 'kind = "best"', "points, higher, lower"),
        ('["distance"]', '["letter"]', "letter"),
        ('code = "letter"', 'code = "Surat!"', "Surat!"),
        ('name_id = "Kebutuhan"', "", "name_id"),
        ("tie_break =", "seats = 4\ntie_break =", "seats"),
        ("[[criteria]]", "[criteria", "TOML"),
        ('why_id = "Tahun', 'per_province = 0\nwhy_id = "Tahun', "per_province"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, told: str) -> None:
    with pytest.raises(MethodUnreadable) as refused:
        read_method(OWN.replace(old, new))
    assert told in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    text = OWN.replace("weight = 60", "weight = 0").replace('"higher"', '"best"')
    with pytest.raises(MethodUnreadable) as refused:
        read_method(text)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("text", ["", "criteria = 3", "[criteria]\ncode = 1"])
def test_nothing_and_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(MethodUnreadable):
        read_method(text)


@pytest.mark.django_db
def test_a_method_stays_once_the_call_is_open(at: datetime) -> None:
    row = guidance.cohort(at)
    cohorts.set_method(cohort=row, text=OWN, by=None, at=at)
    row.refresh_from_db()
    assert [one.weight for one in methods.criteria(row)] == [60, 40]
    cohorts.open_call(cohort=row, by=None, at=at)
    with pytest.raises(cohorts.CohortRefused):
        cohorts.set_method(cohort=row, text=OWN, by=None, at=at)


@pytest.mark.django_db
def test_the_office_sends_a_file_and_everybody_reads_its_reasons(
    kotim: Region, at: datetime
) -> None:
    row = guidance.cohort(at, year=2033)
    client = Client()
    client.force_login(guidance.office())
    page = "/ruang-kerja/angkatan/2033/metode/"
    assert "leadership" in client.get(page).content.decode()
    wrong = client.post(page, {"text": OWN.replace("60", "61")})
    assert wrong.status_code == 422
    assert "101" in wrong.content.decode()
    file = SimpleUploadedFile("metode.toml", OWN.encode())
    answer = client.post(page, {"text": "", "file": file}, follow=True)
    assert answer.status_code == 200
    Cohort.objects.filter(pk=row.pk).update(state="open")
    public = Client().get("/nasional/angkatan/2033/").content.decode()
    assert "Tahun ini yang terpencil didahulukan." in public
    assert "Yang paling membutuhkan." in public
    sent = Client().get("/nasional/angkatan/2033/metode.toml")
    assert read_method(sent.content.decode()) == read_method(OWN)


@pytest.mark.django_db
def test_a_region_is_chosen_by_the_cohort_s_own_method(
    kotim: Region, at: datetime
) -> None:
    row = guidance.cohort(at)
    cohorts.set_method(cohort=row, text=OWN, by=None, at=at)
    row = cohorts.open_call(cohort=row, by=None, at=at)
    enrolment = cohorts.apply(
        region=kotim, cohort=row, wish=guidance.wish(), by=None, at=at
    )
    rating = cohorts.Rating({"need": "4", "distance": "300"}, {"letter": True})
    cohorts.rate(enrolment=enrolment, rating=rating, by=None, at=at)
    row = cohorts.close_call(cohort=row, by=None, at=at)
    cohorts.choose(cohort=row, by=None, at=at)
    enrolment.refresh_from_db()
    assert enrolment.state == "guided"
