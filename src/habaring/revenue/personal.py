"""What local taxes hold about people, what of it can be erased, and what tax law keeps.

Books, bills and payments stay ten years (UU 28/2007 (KUP), article 28 (11)); a register
of objects stays as long as the object is taxed. An erased account is untied from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.revenue.actions import claims
from habaring.revenue.actions.register import contact_of, open_nik
from habaring.revenue.models import (
    Bill,
    Case,
    Claim,
    FamilyLink,
    Filing,
    Reminder,
    ReminderWish,
    TaxObject,
    Taxpayer,
)
from habaring.shared import resealing, retention
from habaring.shared.holdings import Column, Holding, deeds, register
from habaring.shared.retention import Ageing, Due

KEPT = "UU 28/2007 (KUP) Pasal 28 ayat (11); UU 1/2022; UU 27/2022 Pasal 15"


def _taxpayers(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Taxpayer.objects.filter(account=account):
        contact = contact_of(row)
        yield {
            "number": row.number,
            "name": row.name,
            "nik": open_nik(row),
            "phone": contact.phone,
            "email": contact.email,
            "address": row.address,
            "since": row.recorded_at,
        }


def _untie(account: Account, *, by: Account | None, at: datetime) -> int:
    return Taxpayer.objects.filter(account=account).update(account=None)


register(
    Holding(
        code="revenue.taxpayer",
        purpose="tax",
        name=_("What you are registered as with the revenue office"),
        columns=(
            Column("number", _("NPWPD")),
            Column("name", _("Name")),
            Column("nik", _("NIK")),
            Column("phone", _("Telephone number")),
            Column("email", _("Mail address")),
            Column("address", _("Address")),
            Column("since", _("Since")),
        ),
        covers=(
            "revenue.Taxpayer.account",
            "revenue.Taxpayer.address",
            "revenue.Taxpayer.nik_sealed",
            "revenue.Taxpayer.nik_hash",
            "revenue.Taxpayer.nik_masked",
        ),
        collect=_taxpayers,
        erase=_untie,
        stays=_(
            "The entry of the taxpayer stays, since tax law asks for it; your account is"
            " untied from it."
        ),
        legal_reference=KEPT,
    )
)


def _objects(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = TaxObject.objects.filter(taxpayer__account=account)
    for row in rows.select_related("region"):
        yield {
            "number": row.number,
            "tax": row.tax,
            "address": row.address,
            "region": str(row.region),
            "state": row.get_state_display(),
        }


register(
    Holding(
        code="revenue.objects",
        purpose="tax",
        name=_("What you are taxed for"),
        columns=(
            Column("number", _("Number")),
            Column("tax", _("Tax")),
            Column("address", _("Address")),
            Column("region", _("Region")),
            Column("state", _("State")),
        ),
        covers=("revenue.TaxObject.address",),
        collect=_objects,
        stays=_("Land and businesses stay in the register as long as they are taxed."),
        legal_reference=KEPT,
    )
)


def _bills(account: Account) -> Iterable[Mapping[str, Any]]:
    keys = Taxpayer.objects.filter(account=account).values_list("region", "pk")
    for region, key in keys:
        for row in Bill.objects.filter(region=region, taxpayer=key):
            yield {
                "number": row.number,
                "year": row.year,
                "amount": row.amount,
                "received": row.received,
                "state": row.get_state_display(),
            }


register(
    Holding(
        code="revenue.bills",
        purpose="tax",
        name=_("Your tax bills and what was paid"),
        columns=(
            Column("number", _("Number")),
            Column("year", _("Year")),
            Column("amount", _("Amount")),
            Column("received", _("Received")),
            Column("state", _("State")),
        ),
        collect=_bills,
        stays=_("Bills and payments are books: tax law keeps them for ten years."),
        legal_reference=KEPT,
    )
)


def _filings(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Filing.objects.filter(filed_by=account).select_related("object"):
        yield {
            "number": row.object.number,
            "month": f"{row.year}-{row.period:02}",
            "amount": row.amount,
            "at": row.filed_at,
        }


register(
    Holding(
        code="revenue.filings",
        purpose="tax",
        name=_("Tax returns you filed"),
        columns=(
            Column("number", _("Number")),
            Column("month", _("Month")),
            Column("amount", _("Amount")),
            Column("at", _("When")),
        ),
        covers=("revenue.Filing.filed_by",),
        collect=_filings,
        stays=_("A filed return is a document of tax law and stays for ten years."),
        legal_reference=KEPT,
    )
)


def _family(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in FamilyLink.objects.filter(account=account).select_related("object"):
        yield {"number": row.object.number, "label": row.label, "at": row.added_at}


def _drop_family(account: Account, *, by: Account | None, at: datetime) -> int:
    return FamilyLink.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="revenue.family",
        purpose="tax",
        name=_("Objects you also pay for"),
        columns=(
            Column("number", _("Number")),
            Column("label", _("Name on the list")),
            Column("at", _("When")),
        ),
        covers=("revenue.FamilyLink.account",),
        collect=_family,
        erase=_drop_family,
    )
)


def _cases(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Case.objects.filter(account=account):
        yield {
            "kind": row.get_kind_display(),
            "reason": row.reason,
            "state": row.get_state_display(),
            "at": row.filed_at,
        }


def _untie_cases(account: Account, *, by: Account | None, at: datetime) -> int:
    return Case.objects.filter(account=account).update(account=None)


register(
    Holding(
        code="revenue.cases",
        purpose="tax",
        name=_("Requests about your taxes"),
        columns=(
            Column("kind", _("Kind")),
            Column("reason", _("Reason")),
            Column("state", _("State")),
            Column("at", _("When")),
        ),
        covers=("revenue.Case.account",),
        collect=_cases,
        erase=_untie_cases,
        stays=_("The request stays with the bill; your account is untied from it."),
        legal_reference=KEPT,
    )
)


def _reminders(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Reminder.objects.filter(account=account):
        yield {"what": str(row), "at": row.sent_at}


def _drop_reminders(account: Account, *, by: Account | None, at: datetime) -> int:
    return Reminder.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="revenue.reminders",
        purpose="letters",
        name=_("Reminders of taxes that were sent to you"),
        columns=(Column("what", _("What")), Column("at", _("When"))),
        covers=("revenue.Reminder.account",),
        collect=_reminders,
        erase=_drop_reminders,
    )
)


def _wishes(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in ReminderWish.objects.filter(account=account).select_related("region"):
        yield {"region": str(row.region), "way": row.get_way_display()}


def _drop_wishes(account: Account, *, by: Account | None, at: datetime) -> int:
    return ReminderWish.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="revenue.reminder-wishes",
        purpose="letters",
        name=_("How you want to be reminded of taxes"),
        columns=(Column("region", _("Region")), Column("way", _("How"))),
        covers=("revenue.ReminderWish.account",),
        collect=_wishes,
        erase=_drop_wishes,
    )
)


def _claims(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Claim.objects.filter(account=account):
        yield {
            "code": row.code,
            "number": row.number,
            "amount": row.amount,
            "at": row.filed_at,
        }


register(
    Holding(
        code="revenue.claims",
        purpose="tax",
        name=_("Payments you asked about"),
        columns=(
            Column("code", _("Number")),
            Column("number", _("NOP")),
            Column("amount", _("Amount")),
            Column("at", _("When")),
        ),
        covers=("revenue.Claim.account",),
        collect=_claims,
        stays=_("What was asked about a payment belongs to the books."),
        legal_reference=KEPT,
    )
)
deeds(
    "revenue",
    _("Taxes you assessed, collected, checked and decided"),
    "revenue.TaxRule.proposed_by",
    "revenue.TaxRule.decided_by",
    "revenue.Issue.prepared_by",
    "revenue.Issue.started_by",
    "revenue.Holding.recorded_by",
    "revenue.ObjectLineage.recorded_by",
    "revenue.RegisterImport.sent_by",
    "revenue.Validation.decided_by",
    "revenue.Case.entered_by",
    "revenue.Case.decided_by",
    "revenue.Case.proposed_by",
    "revenue.CollectionLetter.recorded_by",
    "revenue.CollectionLetter.withdrawn_by",
    "revenue.WriteOff.proposed_by",
    "revenue.WriteOff.decided_by",
    "revenue.WaiverProgramme.recorded_by",
    "revenue.WaiverProgramme.decided_by",
    "revenue.CashUp.cashier",
    "revenue.CashUp.recorded_by",
    "revenue.DayClose.closed_by",
    "revenue.Deposit.recorded_by",
    "revenue.Device.collector",
    "revenue.Device.registered_by",
    "revenue.Device.revoked_by",
    "revenue.Slip.owner",
    "revenue.Slip.settled_by",
    "revenue.Finding.owner",
    "revenue.Finding.proposed_by",
    "revenue.Finding.decided_by",
    "revenue.FindingNote.by",
    "revenue.PartnerKey.recorded_by",
    "revenue.Statement.recorded_by",
)


def _old_reminders(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Reminder.objects.filter(sent_at__lt=before).order_by("pk")[:limit]
    return [Due(str(row.pk), row.region_id) for row in rows]


def _remove_reminders(refs: Sequence[str], at: datetime) -> None:
    Reminder.objects.filter(pk__in=[int(ref) for ref in refs]).delete()


retention.register(Ageing("tax-reminders", _old_reminders, _remove_reminders))
resealing.column(
    "revenue.Taxpayer",
    "nik_sealed",
    about=lambda row: row.about("nik"),
    hash_column="nik_hash",
)
resealing.column(
    "revenue.Taxpayer",
    "contact_sealed",
    about=lambda row: row.about("contact"),
)
resealing.column("revenue.Claim", "contact_sealed", about=lambda _row: claims.ABOUT)
