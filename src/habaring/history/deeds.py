"""Who did what, as people read it: deeds, the rows they changed, the rows alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from habaring.history import leaves, words
from habaring.history.models import WHOLE, Change, Redaction, Seal
from habaring.history.watched import WATCHED, label_of
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.audit import PLATFORM
from habaring.shared.models import AuditEntry
from habaring.shared.tables import Column, TableKind, Value
from habaring.shared.tables.kinds import in_language

REVISIONS = 100  # of one thing, in its history


@dataclass(frozen=True)
class Wanted:
    """Which deeds a reader asks for; what is empty does not narrow."""

    region: str = ""
    person: int | None = None
    domain: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    text: str = ""


def deeds(wanted: Wanted) -> "QuerySet[AuditEntry]":
    """The deeds asked for, newest first."""
    rows = AuditEntry.objects.select_related("by").order_by("-recorded_at", "-id")
    given = {
        "region_code": wanted.region,
        "by": wanted.person,
        "verb__startswith": wanted.domain and f"{wanted.domain}.",
        "subject_kind": wanted.kind,
        "recorded_at__gte": wanted.first and leaves.span(wanted.first)[0],
        "recorded_at__lt": wanted.last and leaves.span(wanted.last)[1],
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if wanted.text:
        rows = rows.annotate(told=Cast("details", TextField())).filter(
            Q(reason__icontains=wanted.text)
            | Q(subject_ref__icontains=wanted.text)
            | Q(told__icontains=wanted.text)
        )
    return rows


def own(account: Account) -> "QuerySet[AuditEntry]":
    """What one person did, newest first."""
    return deeds(Wanted(person=account.pk))


def kinds() -> list[tuple[str, str | Promise]]:
    """The kinds of things that deeds are about, by their word."""
    found = [(watch.model.lower(), watch.label) for watch in WATCHED]
    return sorted(found, key=lambda one: str(one[1]).casefold())


@dataclass(frozen=True)
class Deed:
    """One deed in words."""

    entry: AuditEntry
    sentence: str | Promise
    subject: str | Promise

    @property
    def who(self) -> str | Promise:
        return str(self.entry.by) if self.entry.by else _("The platform")

    @property
    def region(self) -> str:
        code = self.entry.region_code
        return "" if code == PLATFORM else code


def told(entry: AuditEntry) -> Deed:
    """A deed with its sentence and the word for what it was done to."""
    return Deed(entry, words.sentence(entry.verb), label_of(entry.subject_kind))


def changes_of(entry: AuditEntry) -> "QuerySet[Change]":
    """The rows that a deed changed: those of its transaction since the deed before it.

    An action tells of itself at its end. What comes after the last deed of a
    transaction belongs to that one.
    """
    if entry.transaction is None:  # from before changes were kept
        return Change.objects.none()
    rows = Change.objects.filter(transaction=entry.transaction).order_by("id")
    same = AuditEntry.objects.filter(transaction=entry.transaction)
    before = same.filter(recorded_at__lt=entry.recorded_at).order_by("-recorded_at")
    if (previous := before.first()) is not None:
        rows = rows.filter(at__gt=previous.recorded_at)
    if same.filter(recorded_at__gt=entry.recorded_at).exists():
        rows = rows.filter(at__lte=entry.recorded_at)
    return rows


def without_deed(region: str) -> "QuerySet[Change]":
    """Rows that were changed in a transaction that told of nothing: by hand, mostly."""
    entry = AuditEntry.objects.filter(transaction=OuterRef("transaction"))
    rows = Change.objects.filter(~Exists(entry)).order_by("-id")
    return rows.filter(region_code=region) if region else rows


@dataclass(frozen=True)
class Cell:
    """One column of a changed row: before and after."""

    name: str
    old: object
    new: object
    hidden: bool = False


@dataclass(frozen=True)
class Row:
    """One changed row as people read it."""

    change: Change
    label: str | Promise
    what: str | Promise
    cells: tuple[Cell, ...]
    redacted: bool
    who: str  # "" where neither a deed nor a sign-in tells


_WHAT = {
    Change.Op.INSERT: _("added"),
    Change.Op.UPDATE: _("changed"),
    Change.Op.DELETE: _("deleted"),
    Change.Op.TRUNCATE: _("whole table emptied"),
}


def rows_of(changes: Iterable[Change]) -> list[Row]:
    """Changed rows as people read them, with who did it where a deed or a sign-in tells."""
    found = list(changes)
    people = Account.objects.in_bulk(
        {one.account_id for one in found if one.account_id}
    )
    acts = AuditEntry.objects.filter(transaction__in={one.transaction for one in found})
    doers = {
        act.transaction: str(told(act).who)
        for act in acts.select_related("by").order_by("recorded_at")
    }
    return [
        _row(
            one, doers.get(one.transaction) or str(people.get(one.account_id or 0, ""))
        )
        for one in found
    ]


def _row(change: Change, who: str) -> Row:
    """Column by column; empty columns of a new row are left out, and its own key."""
    old: Mapping[str, Any] = change.old or {}
    new: Mapping[str, Any] = change.new or {}
    names = list(dict.fromkeys([*old, *new]))
    cells = [
        Cell(name, old.get(name), new.get(name))
        for name in names
        if not (_empty(old.get(name)) and _empty(new.get(name)))
        and not (name == "id" and change.op != Change.Op.UPDATE)
    ]
    cells += [Cell(name, None, None, hidden=True) for name in change.hidden]
    return Row(
        change,
        label_of(change.table_name),
        _WHAT[Change.Op(change.op)],
        tuple(cells),
        change.salt is None,
        who,
    )


def _empty(value: object) -> bool:
    return value in (None, "", [], {})


@dataclass(frozen=True)
class Thing:
    """One thing's whole history: what was done to it, and its row over time."""

    label: str | Promise
    name: str
    deeds: "QuerySet[AuditEntry]"
    changes: "QuerySet[Change]"


def thing(kind: str, ref: str, *, region: str) -> Thing | None:
    """The history of one thing by its kind ("portfolio.plan") and its key or code.

    None where no such kind is watched.
    """
    watch = next((one for one in WATCHED if one.model.lower() == kind.lower()), None)
    if watch is None:
        return None
    keys, refs, name = {ref}, {ref}, ref
    for row in _rows(watch.model, ref, region):  # a code may have many revisions
        key = str(getattr(row, "id", row.pk))
        keys.add(key)
        refs |= {key, str(getattr(row, "code", "") or key)}
        name = str(row)
    done = deeds(Wanted(region=region, kind=kind.lower())).filter(subject_ref__in=refs)
    rows = Change.objects.filter(
        region_code=region, table_name=watch.table, key__in=keys
    )
    return Thing(watch.label, name, done, rows.order_by("-id"))


def _rows(model: str, ref: str, region: str) -> Iterable[Any]:
    """The row that is meant, where it still stands: by its key, else by its code."""
    found = apps.get_model(model)
    names = {field.name for field in found._meta.concrete_fields}
    rows = found._default_manager.all()
    if "region" in names and found._meta.label != "regions.Region":
        rows = rows.filter(region_id=region)
    by_code = (
        rows.filter(code=ref).order_by("pk")[:REVISIONS] if "code" in names else ()
    )
    key = "id" if "id" in names else "pk"
    try:
        return list(rows.filter(**{key: ref})[:1]) or list(by_code)
    except (TypeError, ValueError):
        return list(by_code)


def blacked_out(entry: AuditEntry) -> Redaction | None:
    """By which law the words of a deed were blacked out."""
    return Redaction.objects.filter(
        region_code=entry.region_code, kind=Redaction.Kind.ENTRY, row=str(entry.id)
    ).first()


def seal_of(entry: AuditEntry) -> Seal | None:
    """The seal of the day in which a deed stands; None before it is sealed."""
    day = entry.recorded_at.astimezone(leaves.ZONE).date()
    return Seal.objects.filter(region_code=entry.region_code, day=day).first()


def chain(region: str = WHOLE) -> "QuerySet[Seal]":
    """The seals of one chain, newest first, without their lists of rows."""
    return Seal.objects.filter(region_code=region).defer("leaves").order_by("-day")


def regions_with_chain() -> list[Region]:
    """The regions that have a seal of their own, by name."""
    codes = Seal.objects.order_by().values("region_code").distinct()
    return sorted(Region.objects.filter(code__in=codes), key=lambda one: one.name)


def find(entry: UUID, *, region: str = "") -> AuditEntry | None:
    """One deed; only of the region where one is named."""
    rows = AuditEntry.objects.select_related("by").filter(id=entry)
    return (rows.filter(region_code=region) if region else rows).first()


SHEET = TableKind(
    "history",
    _("History"),
    _("History"),
    columns=(
        Column("at", _("When")),
        Column("region", _("Region"), "code"),
        Column("who", _("Who")),
        Column("what", _("What was done")),
        Column("verb", _("Verb"), "code"),
        Column("kind", _("Kind of thing")),
        Column("ref", _("About"), "code"),
        Column("reason", _("Reason")),
        Column("entry", _("Entry"), "code"),
    ),
)


def sheet(rows: "QuerySet[AuditEntry]", language: str) -> Iterator[dict[str, Value]]:
    """Deeds as rows of a spreadsheet, read as they are written.

    The language is named, since a download goes on when its request has ended.
    """
    for entry in rows.iterator(chunk_size=1000):
        deed = told(entry)
        yield {
            "at": entry.recorded_at.astimezone(leaves.ZONE).strftime(
                "%Y-%m-%d %H:%M:%S"
            ),
            "region": deed.region,
            "who": in_language(deed.who, language),
            "what": in_language(deed.sentence, language),
            "verb": entry.verb,
            "kind": in_language(deed.subject, language),
            "ref": entry.subject_ref,
            "reason": entry.reason,
            "entry": str(entry.id),
        }
