"""Text bound to data, versions by words, and sign-off that a change undoes."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from habaring.masterplan import actions, bound, compare, signing
from habaring.masterplan.actions.signing import NotSigned, sign_section
from habaring.masterplan.blocks import spans
from habaring.masterplan.bound import UnknownMarker
from habaring.masterplan.models import Edition, Section
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Region
from tests import makers as people
from tests.assessment import makers as assessment
from tests.masterplan import makers
from tests.posts import makers as offices

KEY = "buku-1.kesiapan"


def write(
    region: Region, text: str, at: datetime, by: Account | None = None
) -> Section:
    return actions.write_section(region=region, key=KEY, text=text, by=by, at=at)


@pytest.fixture
def kotim_measured(kotim: Region, at: datetime) -> Region:
    """IPM 2024 of 72,66 is known."""
    makers.index(kotim)
    makers.book_set(at)
    return kotim


def shown(text: str, region: Region, at: datetime) -> str:
    return "".join(part["text"] for part in spans(bound.bind(text, region, at)))


def test_a_marker_shows_its_value_and_leads_to_its_source(
    kotim_measured: Region, at: datetime
) -> None:
    region = kotim_measured
    assert shown("{{ipm:2024}}.", region, at) == "IPM 2024: 72,66."
    assert shown("Nilai {{nilai:K01 tahun=2024}}", region, at) == "Nilai 72,66"
    assert shown("**{{ nilai:k01 }}**", region, at) == "72,66"
    [part] = spans(bound.bind("{{nilai:K01}}", region, at))
    assert part["url"] == "/daerah/62.02/kondisi/indikator/K01/"


@pytest.mark.parametrize(
    "text",
    [
        "{{ipm:1999}}",
        "{{nilai:ZZ9}}",
        "{{cuaca}}",
        "{{nilai:K01",
        "ipm:2024}}",
        "{{skor:XYZ}}",
        "{{kesiapan:nature tahun=2026}}",
        "{{rencana:biaya}}",
    ],
)
def test_an_unknown_marker_is_refused_and_nothing_is_saved(
    kotim_measured: Region, at: datetime, text: str
) -> None:
    with pytest.raises(UnknownMarker):
        write(kotim_measured, text, at)
    assert not Section.objects.exists()


def refusal(text: str, region: Region, at: datetime) -> tuple[str, str]:
    with pytest.raises(UnknownMarker) as refused:
        bound.check(text, region, at)
    return str(refused.value.why), str(refused.value.next)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("{{imp:2024}}", "{{ipm:2024}}"),
        ("{{ipm 2024}}", "{{ipm:2024}}"),
        ("{{ipm:2042}}", "{{ipm:2024}}"),
        ("{{nilai:K0l tahun=2024}}", "{{nilai:K01 tahun=2024}}"),
        ("{{nilai:K01 tahun=2024", "{{nilai:K01 tahun=2024}}"),
        ("{{skor:GVO}}", "{{skor:GOV}}"),
        ("ipm:2024}}", "{{ipm:2024}}"),
    ],
)
def test_a_wrong_marker_is_named_with_those_nearest_to_it(
    kotim_measured: Region, at: datetime, typed: str, near: str
) -> None:
    why, following = refusal(f"Teks {typed} selesai.", kotim_measured, at)
    assert f"“{typed}”" in why
    assert near in following
    for offered in bound.markers(following):
        assert bound.check(offered.typed, kotim_measured, at)


def test_where_only_the_year_is_wrong_the_known_years_are_told(
    kotim_measured: Region, at: datetime
) -> None:
    why, _following = refusal("{{ipm:1999}}", kotim_measured, at)
    assert why == "“{{ipm:1999}}”: “IPM” hanya diketahui untuk 2023 dan 2024."


def test_an_indicator_without_any_value_here_says_so(
    kotim_measured: Region, at: datetime
) -> None:
    bounds = (0, 100)
    assessment.indicator("K17", "ECO", "Listrik", "persen", "higher", bounds, bounds)
    why, _following = refusal("{{listrik:2024}}", kotim_measured, at)
    assert why == (
        "“{{listrik:2024}}”: “Listrik” belum mempunyai nilai untuk daerah ini."
    )


def test_nothing_like_it_leads_to_the_list(
    kotim_measured: Region, at: datetime
) -> None:
    _why, following = refusal("{{cuaca}}", kotim_measured, at)
    assert following == "Ambil dari daftar nilai, atau tulis angkanya."


def test_a_value_that_was_withdrawn_later_is_named_in_the_text_and_never_left_out(
    kotim_measured: Region, at: datetime
) -> None:
    region, later = kotim_measured, at + timedelta(days=1)
    write(region, "IPM: {{nilai:K01 tahun=2024}}.", at)
    gone = assessment.row(value=None, status="missing", note="Ditarik.")
    assessment.record(region, gone, at=later)
    assert shown("{{nilai:K01 tahun=2024}}", region, at) == "72,66"
    text = shown("IPM: {{nilai:K01 tahun=2024}}.", region, later)
    assert text == "IPM: [tidak ada nilai: nilai:K01 tahun=2024]."
    with pytest.raises(UnknownMarker):
        write(region, "Baru: {{nilai:K01 tahun=2024}}.", later)


def test_a_value_corrected_twice_shows_the_newest_and_each_vintage_its_own(
    kotim_measured: Region, at: datetime
) -> None:
    region = kotim_measured
    days = [at + timedelta(days=n) for n in (1, 2)]
    for day, value in zip(days, ("73.10", "72.90"), strict=True):
        row = assessment.row(value=value, note="Direvisi.")
        assessment.record(region, row, at=day)
    told = [shown("{{ipm:2024}}", region, when) for when in (at, *days)]
    assert told == ["IPM 2024: 72,66", "IPM 2024: 73,10", "IPM 2024: 72,90"]


def test_a_bound_value_is_current_until_the_edition_freezes_it(
    kotim: Region, at: datetime
) -> None:
    index = makers.index(kotim)
    makers.plan(kotim, at)
    makers.book_set(at)
    write(kotim, "IPM: {{nilai:K01 tahun=2024}}.", at)
    edition = makers.edition(kotim, at, index_edition=index)
    later = at + timedelta(days=1)
    assessment.record(kotim, assessment.row(value="73.10", note="Direvisi."), at=later)
    assert shown("{{nilai:K01 tahun=2024}}", kotim, later) == "73,10"
    frozen = str(Edition.objects.get(pk=edition.pk).record)
    assert "72,66" in frozen
    assert "73,10" not in frozen


def test_every_offered_value_can_be_read(kotim_measured: Region, at: datetime) -> None:
    offered = list(bound.Reader(kotim_measured, at).offered())
    assert {"{{ipm:2024}}", "{{nilai:K01 tahun=2024}}"} <= {o.marker for o in offered}
    for one in offered:
        assert bound.check(one.marker, kotim_measured, at)


def test_versions_differ_by_words(at: datetime) -> None:
    old = "Satu.\n\nPeta potensi ada di kantor desa.\n\nHilang sama sekali dari sini."
    new = "Satu.\n\nPeta potensi ada di setiap kantor desa.\n\nBaru."
    rows = compare.side_by_side(old, new)
    assert [row.state for row in rows] == ["same", "changed", "new", "gone"]
    changed = rows[1]
    assert [p.text.strip() for p in changed.pieces if p.kind == "new"] == ["setiap"]
    assert not [p for p in changed.pieces if p.kind == "gone"]


def test_who_wrote_what_is_told_by_paragraph(
    kotim: Region, at: datetime, budi: Account
) -> None:
    ani = people.officer("Ani", region=kotim, role="planner")
    write(kotim, "Pertama.\n\nKedua.", at, budi)
    write(kotim, "Pertama.\n\nKedua, diubah.", at, ani)
    rows = Section.objects.filter(key=KEY).select_related("recorded_by")
    found = compare.who_wrote(list(rows))
    assert [(one.text, one.by) for one in found] == [
        ("Pertama.", budi),
        ("Kedua, diubah.", ani),
    ]


@pytest.fixture
def head(kotim: Region, at: datetime, budi: Account) -> Account:
    """Holds the post to which the section falls: the secretariat's."""
    makers.book_set(at)
    post = Post.objects.filter(region=kotim, code="sekretariat").first()
    post = post or offices.post(kotim, "sekretariat", at=at)
    return offices.hold(post, "Kepala", at=at, role="planner").account


def test_only_the_holder_of_the_post_signs_and_a_change_opens_it_again(
    kotim: Region, at: datetime, budi: Account, head: Account
) -> None:
    with pytest.raises(NotSigned):
        sign_section(region=kotim, key=KEY, by=head, at=at)  # nothing is written
    write(kotim, "Teks.", at, budi)
    with pytest.raises(NotSigned):
        sign_section(region=kotim, key=KEY, by=budi, at=at)
    sign_section(region=kotim, key=KEY, by=head, at=at)
    assert signing.standings(kotim)[KEY].signed
    with pytest.raises(NotSigned):
        sign_section(region=kotim, key=KEY, by=head, at=at)
    write(kotim, "Teks lain.", at, budi)
    standing = signing.standings(kotim)[KEY]
    assert not standing.signed
    assert standing.reopened
    sign_section(region=kotim, key=KEY, by=head, at=at)
    assert signing.standings(kotim)[KEY].signed


def test_the_page_signs_and_compares(
    kotim: Region, at: datetime, head: Account, client: Client
) -> None:
    write(kotim, "Teks pertama yang panjang.", at, head)
    write(kotim, "Teks kedua yang panjang.", at, head)
    client.force_login(head)
    room = "/ruang-kerja/62.02/rencanakan/"
    page = client.get(f"{room}bagian/{KEY}/").content.decode()
    assert "Sahkan bagian ini" in page
    answer = client.post(f"{room}bagian/{KEY}/tanda-tangan/", {"note": ""})
    assert answer.status_code == 302
    assert "disahkan" in client.get(f"{room}bagian/{KEY}/").content.decode()
    page = client.get(f"{room}bagian/{KEY}/versi/").content.decode()
    assert "<del>pertama</del>" in page
    assert "<ins>kedua</ins>" in page
    assert "disahkan" in client.get(room).content.decode()
