"""A copy of one's own data: for programs (JSON), for tables (CSV), for eyes (HTML)."""

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from procrastinate.contrib.django import app

from habaring.people.models import Account
from habaring.privacy import queries
from habaring.privacy.models import ExportFile
from habaring.privacy.personal import export_path
from habaring.shared import audit
from habaring.shared.notices import send_letter
from habaring.shared.refusal import Refusal

FORMAT = "habaring-personal-data/1"
KEPT = timedelta(hours=24)


class ExportRefused(Refusal):
    """There is no such copy for this person now."""

    status = 404


@transaction.atomic
def ask_export(*, account: Account, at: datetime, address: str = "") -> ExportFile:
    """Ask for a copy of one's own data; one that is being made is not asked again.

    With `address` (scheme and host) a job makes it and a letter tells of it; without,
    the caller makes it.
    """
    waiting = ExportFile.objects.filter(account=account, made_at__isnull=True).first()
    if waiting is not None:
        return waiting
    row = ExportFile.objects.create(account=account, asked_at=at)
    audit.record(by=account, at=at, verb="privacy.export.asked", subject=row)
    if address:
        app.configure_task("privacy.make_export", queue="privacy").defer(
            export=str(row.pk), address=address
        )
    return row


@transaction.atomic
def make_export(*, export: UUID, at: datetime, address: str = "") -> ExportFile:
    """Write the file of an export that was asked for; run twice it changes nothing.

    `address` (scheme and host) goes into the letter that tells that it is ready.
    """
    row = ExportFile.objects.select_for_update(of=("self",)).get(pk=export)
    if row.made_at is not None or row.account.erased_at is not None:
        return row
    with override(row.account.language):
        content = archive(row.account, at=at)
    path = export_path(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
    beside.replace(path)
    row.made_at, row.expires_at = at, at + KEPT
    row.size, row.sha256 = len(content), hashlib.sha256(content).hexdigest()
    row.save()
    if address and row.account.email:
        link = address + reverse("my-data:download", args=[row.pk])
        send_letter(
            to=[row.account.email],
            template="privacy/letters/export.txt",
            context={"link": link, "expires_at": row.expires_at},
            language=row.account.language,
        )
    return row


def fetch(*, export: UUID, account: Account, at: datetime) -> bytes:
    """The file, for its person and for 24 hours only; ExportRefused otherwise.

    Somebody else's copy is refused in the same words as one that does not exist.
    """
    row = ExportFile.objects.filter(pk=export, account=account).first()
    path = export_path(export)
    if row is None or row.expires_at is None or at >= row.expires_at:
        raise _gone()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _gone() from None


def _gone() -> ExportRefused:
    return ExportRefused(
        gettext_lazy("This copy is not here any more."),
        why=gettext_lazy(
            "A copy of personal data is kept for 24 hours, for its person."
        ),
        next=gettext_lazy("Ask for a new one on your data page."),
    )


def archive(account: Account, *, at: datetime) -> bytes:
    """The ZIP: data.json, one CSV a holding, and a page to read, in the active language."""
    parts = queries.by_purpose(account)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        data = json.dumps(_plain(account, parts, at), ensure_ascii=False, indent=2)
        file.writestr("data.json", data + "\n")
        for part in parts:
            for held in part.held:
                file.writestr(f"{held.holding.code}.csv", _csv(held.rows))
        page = render_to_string(
            "privacy/export_file.html",
            {"account": account, "parts": parts, "at": at},
        )
        file.writestr(_("my-data.html"), page)
    return made.getvalue()


def _plain(
    account: Account, parts: Sequence[queries.ByPurpose], at: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": _value(at),
        "account": account.pk,
        "purposes": [
            {
                "code": part.purpose.code,
                "name": part.purpose.name,
                "basis": part.purpose.basis,
                "legal_reference": part.purpose.legal_reference,
                "retention": part.purpose.retention,
                "holdings": [
                    {
                        "code": held.holding.code,
                        "name": str(held.holding.name),
                        "rows": [_row(row) for row in held.rows],
                    }
                    for held in part.held
                ],
            }
            for part in parts
        ],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(value) for key, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | str | None) else str(value)


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """With a byte-order mark, so that Excel reads it as UTF-8; no cell is a formula."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_cell(_value(row.get(key))) for key in heads])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"}:
        return f"'{value}"
    return "" if value is None else value
