"""People and their roles as a table: out, and back in as invitations."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.core import signing
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.people.actions import Offer, Place, Term, check_offer, overlapping
from habaring.people.models import Account, Membership, Role
from habaring.people.register.forms import after, first_moment
from habaring.people.register.listing import Line
from habaring.people.rules import RoleBeyondYours, TermUnusable
from habaring.regions.models import CODE_PATTERN, Department, Region
from habaring.shared.pages import download
from habaring.shared.refusal import Refusal, Words
from habaring.shared.tables import (
    Bilingual,
    Column,
    TableKind,
    Value,
    read,
    register,
    template,
    write_csv,
    write_xlsx,
)

MOST = 500  # letters that one file may send
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "people.invitations"
WAITS = 3600  # seconds for which a looked-at list can be sent

MEMBERS = register(
    TableKind(
        "members",
        _("People and roles"),
        _("People"),
        (
            Column(
                "email",
                _("Mail address"),
                "text",
                required=True,
                pattern=r"[^@\s]+@[^@\s]+\.[^@\s.]+",
                max_length=254,
            ),
            Column("full_name", _("Full name"), "text", max_length=150),
            Column("role", _("Role"), "choice", required=True),
            Column("department", _("Department"), "code", help=_("Its code.")),
            Column(
                "place",
                _("District or village"),
                "text",
                pattern=CODE_PATTERN.strip("^$"),
                help=_("Its official code, such as 62.02.06.1001."),
            ),
            Column("body", _("Body"), "choice", sparse=True),
            Column("since", _("First day"), "date"),
            Column("until", _("Last day"), "date"),
            Column("note", _("Why this role"), "text", max_length=500),
            Column("where", _("Held in"), "text", shown_only=True),
            Column("state", _("State"), "text", shown_only=True),
        ),
        key=("email", "role", "department", "place", "body", "since"),
        help=_(
            "One row a role of one person. Rows that are held already or over are "
            "passed by; all others become invitations."
        ),
    )
)


def table(region: Region | None, bodies: Mapping[int, str]) -> TableKind:
    """The table with the roles, departments and bodies that a region knows."""
    roles = {
        role.code: Bilingual(role.name_id, role.name_en or role.name_id)
        for role in Role.objects.all()
        if role.is_given
    }
    departments = {
        one.code: Bilingual(one.name_id, one.name_en or one.name_id)
        for one in Department.objects.filter(region=region)
    }
    kind = MEMBERS.with_choices("role", roles).with_choices("department", departments)
    named: Mapping[str, Words | Bilingual] = {
        str(key): name for key, name in bodies.items()
    }
    return kind.with_choices("body", named)


def rows_of(lines: Iterable[Line], region: Region | None) -> list[dict[str, Value]]:
    """The list as rows of the table: what comes back in unchanged does nothing."""
    return [_row(line, region) for line in lines]


def _row(line: Line, region: Region | None) -> dict[str, Value]:
    row = line.row
    elsewhere = (
        row.region_id if row.region_id != (region.code if region else "") else None
    )
    return {
        "email": row.account.email or row.account.phone,
        "full_name": row.account.full_name or None,
        "role": row.role_id,
        "department": row.department.code if row.department else None,
        "place": elsewhere,
        "body": str(row.body) if row.body else None,
        "since": localdate(row.since),
        "until": line.last_on,
        "note": row.note or None,
        "where": line.where or None,
        "state": line.words,
    }


def sent(
    lines: Iterable[Line],
    *,
    region: Region | None,
    bodies: Mapping[int, str],
    form: str,
) -> HttpResponse | StreamingHttpResponse:
    """The list as a file to keep, in the reader's language."""
    kind, rows = table(region, bodies), rows_of(lines, region)
    name = f"orang-{region.code if region else 'platform'}"
    language = get_language() or "id"
    if form == "csv":
        blocks = write_csv(kind, rows, language)
        media_type = "text/csv; charset=utf-8"
        return download(blocks, name=f"{name}.csv", media_type=media_type)
    file = io.BytesIO()
    write_xlsx(kind, rows, file, language)
    return download(file.getvalue(), name=f"{name}.xlsx", media_type=XLSX)


def blank(region: Region, bodies: Mapping[int, str]) -> HttpResponse:
    """The workbook to fill in."""
    content = template(table(region, bodies), language=get_language() or "id")
    name = f"undangan-{region.code}.xlsx"
    answer = download(content, name=name, media_type=XLSX)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - bytes give no stream
    return answer


@dataclass
class Reading:
    """What a file asks for: whom to invite, and how many rows need nothing."""

    offers: list[tuple[str, Offer]] = field(default_factory=list)
    held: int = 0
    over: int = 0


@dataclass(frozen=True)
class _Reader:
    """Makes offers of rows, for one region and one inviter."""

    region: Region
    roles: Mapping[str, Role]
    departments: Mapping[str, Department]
    by: Account
    at: datetime

    def offer(self, values: Mapping[str, Value]) -> Offer:
        code = str(values.get("place") or self.region.code)
        region = self.region if code == self.region.code else self._below(code)
        body = values.get("body")
        return Offer(
            role=self.roles[str(values["role"])],
            place=Place(
                region,
                self.departments.get(str(values.get("department") or "")),
                int(str(body)) if body else None,
            ),
            term=Term(
                first_moment(_day(values.get("since"))),
                after(_day(values.get("until"))),
                str(values.get("note") or ""),
            ),
            full_name=str(values.get("full_name") or ""),
        )

    def _below(self, code: str) -> Region | None:
        return Region.objects.within(self.region).filter(code=code).first()

    def passed_by(self, values: Mapping[str, Value], offer: Offer) -> str:
        """ "held", "over", or "" where the row asks for something."""
        if offer.term.until is not None and offer.term.until <= self.at:
            return "over"
        reach = str(values["email"]).strip().lower()
        account = Account.objects.filter(email=reach).first()
        if account is None:
            return ""
        row = Membership(
            account=account,
            role=offer.role,
            region=offer.place.region,
            department=offer.place.department,
            body=offer.place.body,
            since=max(self.at, offer.term.since or self.at),
            until=offer.term.until,
        )
        return "held" if overlapping(row).exists() else ""

    def check(
        self, sheet: str, number: int, values: Mapping[str, Value]
    ) -> Iterator[tuple[str, Words]]:
        """What the rules say of one row."""
        offer = self.offer(values)
        if offer.place.region is None:
            yield "place", _("There is no such district or village in this region.")
        elif not self.passed_by(values, offer):
            department = offer.place.department
            if department is not None and department.closed_on is not None:
                yield "department", _("This department is closed.")
            try:
                check_offer(offer=offer, by=self.by, at=self.at)
            except Refusal as refused:
                yield _column(refused), f"{refused.what} {refused.why}"


def _column(refused: Refusal) -> str:
    if isinstance(refused, TermUnusable):
        return "until"
    return "role" if isinstance(refused, RoleBeyondYours) else "place"


def _day(value: Value) -> date | None:
    return value if isinstance(value, date) else None


def _reader(region: Region, by: Account, at: datetime) -> _Reader:
    departments = Department.objects.filter(region=region)
    return _Reader(
        region=region,
        roles=Role.objects.in_bulk(),
        departments={one.code: one for one in departments},
        by=by,
        at=at,
    )


def reading(
    file: IO[bytes],
    *,
    region: Region,
    bodies: Mapping[int, str],
    by: Account,
    at: datetime,
) -> Reading:
    """Read a file whole, or refuse it with every problem named (FileRefused)."""
    reader = _reader(region, by, at)
    kind = table(region, bodies).with_check(reader.check)
    language = get_language() or "id"
    rows = read(file, kind, today=localdate(at), language=language, max_rows=MOST)
    found = Reading()
    for row in rows:
        offer = reader.offer(row.values)
        passed = reader.passed_by(row.values, offer)
        if passed == "held":
            found.held += 1
        elif passed == "over":
            found.over += 1
        else:
            found.offers.append((str(row["email"]).strip().lower(), offer))
    return found


# Between the look and the letters, the list travels signed: nothing is kept here.


def sealed(offers: Iterable[tuple[str, Offer]], *, by: Account, region: Region) -> str:
    """The list as signed text that only this person can send, for this region."""
    rows = [
        [
            email,
            offer.full_name,
            offer.role.code,
            offer.place.region.code if offer.place.region else "",
            offer.place.department.pk if offer.place.department else None,
            offer.place.body,
            _written(offer.term.since),
            _written(offer.term.until),
            offer.term.note,
        ]
        for email, offer in offers
    ]
    whole = {"by": by.pk, "region": region.code, "rows": rows}
    return signing.dumps(whole, salt=SALT, compress=True)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class ListChanged(Refusal):
    """The signed list is not one that this page gave out, or it waited too long."""


def unsealed(text: str, *, by: Account, region: Region) -> list[tuple[str, Offer]]:
    """The list that was looked at; ListChanged where it is not this person's."""
    try:
        whole: dict[str, Any] = signing.loads(text, salt=SALT, max_age=WAITS)
    except signing.BadSignature:
        whole = {}
    if (whole.get("by"), whole.get("region")) != (by.pk, region.code):
        raise ListChanged(
            what=_("No invitation was sent."),
            why=_("The list waited for more than an hour, or was changed."),
            next=_("Send the spreadsheet again."),
        )
    roles = Role.objects.in_bulk()
    places = Region.objects.in_bulk({row[3] for row in whole["rows"]})
    departments = Department.objects.in_bulk({row[4] for row in whole["rows"]} - {None})
    return [
        (
            row[0],
            Offer(
                roles[row[2]],
                Place(places[row[3]], departments.get(row[4]), row[5]),
                Term(_moment(row[6]), _moment(row[7]), row[8]),
                full_name=row[1],
            ),
        )
        for row in whole["rows"]
    ]
