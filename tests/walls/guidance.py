"""What the addresses of guidance need: one of each, made by nobody who asks."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate, now

from habaring.guidance.actions import attending, cohorts, mentors, stages, work
from habaring.guidance.models import Assignment, Cohort, Enrolment, Standing
from habaring.masterplan.models import Section
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.uploads import DOCUMENTS, AcceptedFile, accept

DAY = timedelta(days=1)
YEAR = 2090
PAPER = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def made(region: Region, keeper: Account) -> None:
    """An application with its letter, and a stage with people and work."""
    file = SimpleUploadedFile("surat.pdf", PAPER, "application/pdf")
    with walls.within(region.code):
        _applied(region, keeper, accept(file, DOCUMENTS))
        _guided(region, keeper)


def _applied(region: Region, keeper: Account, letter: AcceptedFile) -> None:
    at = now()
    cohort = Cohort.objects.filter(year=YEAR + 1).first()
    if cohort is None:
        cohort = cohorts.record_cohort(
            call=cohorts.Call(YEAR + 1, apply_from=at - DAY, apply_until=at + DAY),
            by=None,
            at=at,
        )
        cohort = cohorts.open_call(cohort=cohort, by=None, at=at)
    cohorts.apply(
        region=region,
        cohort=cohort,
        wish=cohorts.Wish("Kami ingin belajar bersama.", {}, file=letter),
        by=keeper,
        at=at,
    )


def _guided(region: Region, keeper: Account) -> None:
    at = now()
    cohort = Cohort.objects.filter(year=YEAR).first()
    if cohort is None:
        cohort = cohorts.record_cohort(call=cohorts.Call(YEAR), by=None, at=at)
    enrolment = Enrolment.objects.create(
        cohort=cohort, region=region, state=Standing.GUIDED, recorded_at=at
    )
    first: date = localdate(at)
    sitting = stages.plan_sitting(
        enrolment=enrolment,
        stage=cohort.stages.get(number=1),
        days=stages.Days(first, first + DAY, "Balai uji"),
        by=keeper,
        at=at,
    )
    attending.invite(
        sitting=sitting,
        guests=[attending.Guest("Tamu uji", "media")],
        by=keeper,
        at=at,
    )
    mentors.assign_mentor(
        region=region, guide=mentors.Guide("Pendamping uji"), by=None, at=at
    )
    row = Assignment.objects.get(enrolment=enrolment, template__code="data")
    key = row.template.pieces[0].removeprefix("section:")
    newest = Section.objects.filter(region=region, key=key).order_by("-revision")
    Section.objects.create(
        region=region,
        key=key,
        text="Uji kecenderungan.",
        revision=(newest.values_list("revision", flat=True).first() or 0) + 1,
        recorded_at=at,
    )
    submission = work.hand_in(assignment=row, by=keeper, at=at)
    piece = submission.pieces.get()
    work.remark(
        submission=submission,
        words=work.Words(piece.piece, 0, "Uji catatan."),
        by=None,
        at=at,
    )
