"""What `privacy` itself holds about a person, and what of it grows old."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.people.personal import unused_since
from habaring.posts.models import Holding as PostHolding
from habaring.privacy.looks import open_own, words
from habaring.privacy.models import (
    Consent,
    DataRequest,
    DormancyNotice,
    ExportFile,
    Identity,
    Look,
    RequestKind,
    RequestState,
)
from habaring.shared import resealing, retention
from habaring.shared.holdings import Column, Holding, deeds, register
from habaring.shared.retention import Ageing, Due

WARNED_FOR = timedelta(days=30)
"""Nobody's unused account is closed sooner after the letter of warning."""


def export_path(export: UUID | str) -> Path:
    """Where the copy of a person's data lies until it is deleted."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"{export}.zip"


def _identities(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Identity.objects.filter(account=account):
        yield {
            "region": row.region_code,
            "nik": row.nik_masked,
            "nik_whole": open_own(row),
            "name_on_card": row.name_on_card,
            "birth_on": row.birth_on,
            "recorded_at": row.recorded_at,
        }


def _erase_identities(account: Account, *, by: Account | None, at: datetime) -> int:
    return Identity.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="privacy.identity",
        purpose="identity",
        name=_("Who you are by your identity card"),
        columns=(
            Column("region", _("Region")),
            Column("nik", _("NIK")),
            Column("name_on_card", _("Name on the card")),
            Column("birth_on", _("Birth date")),
            Column("recorded_at", _("Recorded")),
        ),
        covers=(
            "privacy.Identity.account",
            "privacy.Identity.nik_sealed",
            "privacy.Identity.nik_hash",
            "privacy.Identity.nik_masked",
            "privacy.Identity.name_on_card",
            "privacy.Identity.birth_on",
        ),
        collect=_identities,
        erase=_erase_identities,
    )
)


resealing.column(
    "privacy.Identity",
    "nik_sealed",
    about=lambda row: str(row.about),
    hash_column="nik_hash",
    key_column="key",
)


def _consents(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Consent.objects.filter(account=account).select_related("purpose"):
        yield {
            "purpose": row.purpose.name,
            "version": row.purpose.version,
            "given_at": row.given_at,
            "withdrawn_at": row.withdrawn_at,
        }


def _end_consents(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = Consent.objects.filter(account=account, withdrawn_at__isnull=True)
    return rows.update(withdrawn_at=at)


register(
    Holding(
        code="privacy.consents",
        purpose="protection",
        name=_("Consents you gave"),
        columns=(
            Column("purpose", _("Purpose")),
            Column("version", _("Version")),
            Column("given_at", _("Given")),
            Column("withdrawn_at", _("Withdrawn")),
        ),
        covers=("privacy.Consent.account",),
        collect=_consents,
        erase=_end_consents,
        stays=_(
            "That you agreed, and took it back, is kept as proof without your name."
        ),
        legal_reference="UU 27/2022 Pasal 24",
    )
)


def _requests(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in DataRequest.objects.filter(account=account):
        yield {
            "kind": row.get_kind_display(),
            "wish": row.wish,
            "received_at": row.received_at,
            "state": row.get_state_display(),
            "answer": row.answer,
        }


def _forget_wishes(account: Account, *, by: Account | None, at: datetime) -> int:
    """Words go; what still waits needs no answer any more."""
    rows = DataRequest.objects.filter(account=account)
    words = rows.exclude(wish="", proof="").update(wish="", proof="")
    waiting = rows.filter(state=RequestState.OPEN)
    ended: dict[str, Any] = {"answered_at": at, "answered_by": by}
    closed = waiting.filter(kind=RequestKind.ERASE).update(
        state=RequestState.DONE, answer=gettext("The account was erased."), **ended
    )
    closed += waiting.update(
        state=RequestState.CANCELLED,
        answer=gettext("The account was erased."),
        **ended,
    )
    return max(words, closed)


register(
    Holding(
        code="privacy.requests",
        purpose="protection",
        name=_("What you asked about your data"),
        columns=(
            Column("kind", _("What")),
            Column("wish", _("Your words")),
            Column("received_at", _("Received")),
            Column("state", _("State")),
            Column("answer", _("Answer")),
        ),
        covers=("privacy.DataRequest.account",),
        collect=_requests,
        erase=_forget_wishes,
        stays=_(
            "That it was asked and answered in time is kept as proof, without words."
        ),
        legal_reference="UU 27/2022 Pasal 31",
    )
)


def _looks(account: Account) -> Iterable[Mapping[str, Any]]:
    rows = Look.objects.filter(subject=account).select_related("by")
    for row in rows:
        yield {
            "at": row.at,
            "by": str(row.by),
            "what": words(row),
            "why": f"{row.get_reason_code_display()}: {row.reason}",
        }


register(
    Holding(
        code="privacy.looks",
        purpose="security",
        name=_("Who looked at your data"),
        columns=(
            Column("at", _("When")),
            Column("by", _("Who")),
            Column("what", _("What")),
            Column("why", _("Why")),
        ),
        covers=("privacy.Look.subject",),
        collect=_looks,
        stays=_("The log protects you and others; it is deleted after five years."),
        legal_reference="UU 27/2022 Pasal 31, 35",
    )
)


def _exports(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in ExportFile.objects.filter(account=account):
        yield {"asked_at": row.asked_at, "expires_at": row.expires_at}


def _erase_exports(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = ExportFile.objects.filter(account=account)
    for key in rows.values_list("pk", flat=True):
        export_path(key).unlink(missing_ok=True)
    DormancyNotice.objects.filter(account=account).delete()
    return rows.delete()[0]


register(
    Holding(
        code="privacy.exports",
        purpose="protection",
        name=_("Copies of your data, and letters about closing your account"),
        columns=(Column("asked_at", _("Asked")), Column("expires_at", _("Until"))),
        covers=("privacy.ExportFile.account", "privacy.DormancyNotice.account"),
        collect=_exports,
        erase=_erase_exports,
    )
)
deeds(
    "privacy",
    _("Requests you answered, looks you took, breaches you recorded"),
    "privacy.Identity.recorded_by",
    "privacy.Look.by",
    "privacy.DataRequest.entered_by",
    "privacy.DataRequest.answered_by",
    "privacy.Breach.recorded_by",
    "privacy.BreachEntry.by",
)


# --- What grows old ------------------------------------------------------------------
def _old_exports(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = ExportFile.objects.filter(made_at__lt=before).order_by("pk")
    return [Due(str(key)) for key in rows.values_list("pk", flat=True)[:limit]]


def _remove_exports(refs: Sequence[str], at: datetime) -> None:
    for ref in refs:
        export_path(ref).unlink(missing_ok=True)
    ExportFile.objects.filter(pk__in=refs).delete()


def _old_looks(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Look.objects.filter(at__lt=before).order_by("at")
    pairs = rows.values_list("id", "region_code")[:limit]
    return [Due(str(key), region) for key, region in pairs]


def _delete_looks(refs: Sequence[str], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.retention', 'looks', true)")
    Look.objects.filter(id__in=refs).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.retention', '', true)")


def _old_requests(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = DataRequest.objects.filter(answered_at__lt=before).exclude(
        state=RequestState.OPEN
    )
    rows = rows.exclude(wish="", proof="").order_by("answered_at")
    pairs = rows.values_list("id", "region_code")[:limit]
    return [Due(str(key), region) for key, region in pairs]


def _forget_requests(refs: Sequence[str], at: datetime) -> None:
    DataRequest.objects.filter(id__in=refs).update(wish="", proof="")


def _unused(before: datetime, at: datetime, limit: int) -> list[Due]:
    """Warned thirty days ago and not used since."""
    warned = DormancyNotice.objects.filter(sent_at__lte=at - WARNED_FOR)
    posted = PostHolding.objects.in_force(at).values("account")
    rows = unused_since(before, at=at).filter(pk__in=warned.values("account"))
    rows = rows.exclude(pk__in=posted)
    return [Due(str(key)) for key in rows.values_list("pk", flat=True)[:limit]]


def _close(refs: Sequence[str], at: datetime) -> None:
    from habaring.privacy.erasing import erase_account  # it leans on these holdings

    for account in Account.objects.filter(pk__in=[int(ref) for ref in refs]):
        erase_account(account=account, by=None, at=at)


retention.register(Ageing("exports", _old_exports, _remove_exports))
retention.register(Ageing("looks", _old_looks, _delete_looks))
retention.register(Ageing("requests", _old_requests, _forget_requests))
retention.register(Ageing("dormant-accounts", _unused, _close))
