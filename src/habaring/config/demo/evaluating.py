"""The demo of the evaluation: one year published, another being answered. All of it is
illustrative: no region was ever given these levels, no assessor has these names.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from habaring.evaluation.actions import (
    answering,
    assessors,
    closing,
    findings,
    instruments,
    reading,
    records,
    rounds,
)
from habaring.evaluation.models import (
    Answer,
    Entry,
    Finding,
    Instrument,
    Reading,
    Result,
    Round,
)
from habaring.evaluation.proofs import THING
from habaring.evaluation.rules import scheme_of
from habaring.evidence import actions as vault
from habaring.evidence.models import Evidence
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.regions.models import Region
from habaring.shared.uploads import DOCUMENTS, accept

REGIONS = {"62.02": Decimal("2.75"), "62.01": Decimal("2.50"), "62.71": Decimal("3.00")}
READERS = (
    ("33.74", "Universitas Contoh Semarang"),
    ("35.78", "Institut Contoh Surabaya"),
)
PAPERS = (
    ("regulation", "Peraturan Bupati tentang Masterplan Kota Cerdas"),
    ("plan", "RPJMD dan RKPD, bagian kota cerdas"),
    ("decree", "SK Dewan Smart City dan Tim Pelaksana"),
    ("budget", "DPA program kota cerdas"),
    ("sop", "SOP layanan dan kebijakan data"),
    ("report", "Laporan pelaksanaan peta jalan"),
    ("data", "Data capaian layanan"),
    ("contract", "Perjanjian kerja sama antardaerah"),
)
REMARKS = (
    (
        "strength",
        "output",
        "Masterplan ditetapkan dengan peraturan kepala daerah dan masuk RKPD.",
    ),
    ("weakness", "output", "Dewan dan Tim Pelaksana belum bertemu secara teratur."),
    (
        "weakness",
        "outcome",
        "Jawaban tentang pengguna layanan tidak disertai angka yang lengkap.",
    ),
    (
        "recommendation",
        "impact",
        "Ukur manfaat bagi warga tiap dimensi sekali setahun.",
    ),
    ("interview", "", "Sekretariat menjelaskan rencana forum kota cerdas."),
)


def tell(kotim: Region, *, at: datetime) -> None:
    """A year that is over for three regions, and one that Kotim answers now."""
    instruments.load_packaged(by=None, at=at)
    regions = list(Region.objects.filter(code__in=REGIONS).order_by("code"))
    begun = at - timedelta(days=330)
    for place, region in enumerate(regions):
        past = records.Past(
            localdate(begun).year - 1,
            REGIONS[region.code] - Decimal("0.35") + place * Decimal("0.15"),
            "Contoh, bukan hasil resmi",
            illustrative=True,
        )
        records.record_past(by=None, at=begun, region=region, past=past)
    _year_that_is_over(regions, begun)
    _year_under_way(regions, kotim, at)


def _plan(code: str, at: datetime, *, answers: int, stage: int = 1) -> rounds.Plan:
    day = localdate(at)
    return rounds.Plan(
        year=day.year,
        stage=stage,
        instrument=Instrument.objects.get(code=code),
        name_id=f"Evaluasi Kota Cerdas {day.year}, tahap I (contoh)",
        name_en=f"Smart-city evaluation {day.year}, stage I (example)",
        opens_on=day,
        answers_until=day + timedelta(days=answers),
        readings_until=day + timedelta(days=answers + 30),
        illustrative=True,
    )


def _year_that_is_over(regions: Sequence[Region], at: datetime) -> None:
    row = rounds.make_round(by=None, at=at, plan=_plan("kominfo-2022", at, answers=30))
    row = rounds.open_round(by=None, at=at, round=row)
    entries = rounds.invite(by=None, at=at, round=row, regions=regions)
    for entry in entries:
        papers = _papers(entry.region, row, at)
        _answers(entry, papers, REGIONS[entry.region_id], at=at)
        answering.submit(by=None, at=at + timedelta(days=20), entry=entry)
    then = at + timedelta(days=31)
    row = rounds.begin_reading(by=None, at=then, round=row)
    readers = [_reader(n, then) for n in range(len(READERS))]
    for entry in entries:
        for place, reader in enumerate(readers):
            _read(entry, reader, place, REGIONS[entry.region_id], at=then)
    then += timedelta(days=29)
    row = closing.announce(by=None, at=then, round=row)
    then += timedelta(days=15)
    closing.publish(by=None, at=then, round=row)
    _deal_with(regions, then)


def _papers(region: Region, row: Round, at: datetime) -> dict[str, Evidence]:
    """One paper of each kind, most of them judged valid."""
    found = {}
    for kind, title in PAPERS:
        name = f"{kind}-{region.code}.pdf"
        words = f"%PDF-1.4\n% contoh {title} {region.name} {row.year}\n%%EOF\n".encode()
        file = accept(SimpleUploadedFile(name, words, "application/pdf"), DOCUMENTS)
        found[kind] = vault.put(
            by=None,
            at=at,
            region=region,
            upload=file,
            kind=kind,
            title=f"{title} {row.year} (contoh)",
            details=vault.Details(year=row.year, illustrative=True),
        )
        if kind != "contract":
            vault.judge(
                by=None,
                at=at + timedelta(days=2),
                evidence=found[kind],
                valid=True,
                reason="Contoh: bertanda tangan, lengkap, dan sesuai butir.",
            )
    return found


def _answers(
    entry: Entry,
    papers: dict[str, Evidence],
    level: Decimal,
    *,
    at: datetime,
    only: int | None = None,
) -> None:
    """Levels around one, each with a paper of a kind that its question asks for."""
    scheme = scheme_of(entry.round.instrument)
    rows = {row.question: row for row in Answer.objects.filter(entry=entry)}
    step = Decimal(str(float(scheme.step)))
    for place, (code, question) in enumerate(scheme.questions.items()):
        if only is not None and place >= only:
            return
        said = level + Decimal("0.5") * (place % 3 - 1) + Decimal("0.25")
        said = min((said / step).quantize(Decimal(1)) * step, Decimal(4))
        answering.answer(by=None, at=at, entry=entry, question=code, level=said)
        vault.link(
            by=None,
            at=at,
            evidence=papers[next(k for k in question.kinds if k in papers)],
            thing=THING,
            key=str(rows[code].pk),
            label=f"{entry.round.name}: {code}",
        )


def _reader(place: int, at: datetime) -> Account:
    home, institution = READERS[place]
    account = Account.objects.create_account(
        email=f"asesor-{place + 1}@contoh.id", full_name=f"Asesor Contoh {place + 1}"
    )
    region = Region.objects.filter(code=home).first() or Region.objects.get(
        code=home.split(".")[0]
    )
    assessors.record_assessor(
        by=None,
        at=at,
        account=account,
        profile=assessors.Profile(region, institution, illustrative=True),
    )
    return account


def _read(
    entry: Entry, reader: Account, place: int, level: Decimal, *, at: datetime
) -> Reading:
    """One reads a little more strictly than the other."""
    mine = reading.assign(by=None, at=at, entry=entry, account=reader)
    reading.declare(by=reader, at=at, reading=mine)
    scheme = scheme_of(entry.round.instrument)
    lean = Decimal("0.25") * (1 if place else -1)
    sways = (place + 1) * 3 + int(entry.region_id[-1])  # each region and reader another
    given = {
        code: reading.Given(
            min(level + lean + Decimal("0.25") * (number * sways % 7 - 3), Decimal(4))
        )
        for number, code in enumerate(scheme.questions)
    }
    reading.mark(by=reader, at=at, reading=mine, given=given)
    for kind, about, text in REMARKS if place == 0 else ():
        reading.remark(
            by=reader, at=at, reading=mine, kind=kind, question=about, text=text
        )
    later = at + timedelta(days=5 + place)
    return reading.hand_in(by=reader, at=later, reading=mine)


def _deal_with(regions: Sequence[Region], at: datetime) -> None:
    """Where posts are known, the first weakness has an owner and a day."""
    for region in regions:
        post = Post.objects.filter(region=region).order_by("code").first()
        row = Finding.objects.filter(region=region, kind="weakness").first()
        if post is not None and row is not None:
            findings.plan(
                by=None,
                at=at,
                finding=row,
                owner=post,
                due_on=localdate(at) + timedelta(days=300),
                action="Jadwalkan rapat Dewan tiap tiga bulan dan simpan notulennya.",
            )


def _year_under_way(regions: Sequence[Region], kotim: Region, at: datetime) -> None:
    begun = at - timedelta(days=12)
    if Result.objects.filter(year=localdate(begun).year).exists():
        return  # early in a year the one that is over lies in it
    row = rounds.make_round(
        by=None, at=begun, plan=_plan("habaring-2026", begun, answers=45)
    )
    row = rounds.open_round(by=None, at=begun, round=row)
    entries = rounds.invite(by=None, at=begun, round=row, regions=regions)
    mine = next(one for one in entries if one.region_id == kotim.code)
    papers = _papers(kotim, row, begun)
    _answers(mine, papers, Decimal("3"), at=begun, only=24)
