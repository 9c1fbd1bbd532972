"""Many files at once: a ZIP of them with a list (daftar.csv or daftar.xlsx) beside.

The list has one row a file: its name in the ZIP, its title, kind, year and the days that
it holds. Every row and every file is looked at first; where one cannot be taken, nothing
is, and each such row is named with its reason. A file that is in the vault already under
the same title is left as it is, so that a mended bundle can be sent again whole.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evidence import actions
from habaring.evidence.actions import Details
from habaring.evidence.models import Evidence
from habaring.evidence.tables import BUNDLE
from habaring.people.access import Extent
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared.refusal import FileRefused, Problem, Refusal, Words
from habaring.shared.tables import Row, Rows, read
from habaring.shared.tables.content import archive_trouble, size_of
from habaring.shared.uploads import DOCUMENTS, MAX_BYTES, PICTURES, AcceptedFile, accept

LISTS = ("daftar.csv", "daftar.xlsx", "manifest.csv", "manifest.xlsx")
LARGEST = 200 * 1024**2
"""Bytes of a ZIP."""
MOST = 500
"""Files of one."""
TAKEN = (*DOCUMENTS, *PICTURES)


@dataclass(frozen=True)
class Vault:
    """Into whose vault, by whom, for which departments."""

    region: Region
    by: Account | None
    within: Extent


@dataclass(frozen=True)
class Put:
    """What came of a bundle: pieces that are new, and how many were there before."""

    new: tuple[Evidence, ...]
    there: int


@transaction.atomic
def put_bundle(*, vault: Vault, upload: UploadedFile, at: datetime) -> Put:
    """Put every file of a ZIP into the vault, or none.

    Raises FileRefused for a ZIP that cannot be opened, a list that is missing or wrong,
    and, row by row, for files that are missing, not taken, or described wrongly.
    """
    with _opened(upload) as archive:
        entries = _entries(archive)
        rows = _listed(archive, entries, at)
        departments = _departments(vault.region)
        bundle = _Bundle(vault, archive, entries, departments, at)
        problems = list(bundle.problems(rows))
        if problems:
            raise rows.refused(problems)
        made = [bundle.put(row) for row in rows]
    new = tuple(one for one in made if one is not None)
    return Put(new, len(made) - len(new))


def _opened(upload: UploadedFile) -> zipfile.ZipFile:
    file = cast("IO[bytes]", upload)
    size = size_of(file)
    if size > LARGEST:
        raise _no_bundle(_("It is larger than 200 MB."), _("Send it in parts."))
    trouble = archive_trouble(file, size)
    if trouble:
        raise _no_bundle(
            _("It is no ZIP, it is damaged, or it unpacks to far too much."),
            _("Pack the files and the list into one ZIP and send it again."),
        )
    file.seek(0)
    return zipfile.ZipFile(file)


def _no_bundle(why: Words, then: Words) -> FileRefused:
    return FileRefused(_("This bundle cannot be taken."), why, then)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their names, folders left out: each name must stand once."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.is_dir() or info.filename.startswith("__MACOSX/"):
            continue
        name = info.filename.replace("\\", "/").rpartition("/")[2]
        if name.startswith("."):
            continue
        if name.casefold() in found:
            raise _no_bundle(
                format_lazy(_("Two files in it are called “{name}”."), name=name),
                _("Give each file a name of its own, also in different folders."),
            )
        found[name.casefold()] = info
    return found


def _listed(
    archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], at: datetime
) -> Rows:
    name = next((one for one in LISTS if one in entries), None)
    if name is None:
        raise _no_bundle(
            _("The list is not in it: daftar.csv or daftar.xlsx."),
            _("Download the list, fill it in, and pack it with the files."),
        )
    file = io.BytesIO(_content(archive, entries[name]))
    file.name = name
    return read(file, BUNDLE, today=localdate(at), max_rows=MOST)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one file; never more than a file of the vault may have."""
    try:
        with archive.open(info) as file:
            return file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise FileRefused(
            _("This file cannot be unpacked."),
            _("It is damaged, or it has a password."),
        ) from error


def _departments(region: Region) -> dict[str, Department]:
    found = {}
    for row in Department.objects.filter(region=region):
        for name in (row.code, row.short_name, row.name_id, row.name_en):
            if name:
                found[name.casefold()] = row
    return found


@dataclass(frozen=True)
class _Bundle:
    vault: Vault
    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    departments: Mapping[str, Department]
    at: datetime

    def problems(self, rows: Rows) -> Iterator[Problem]:
        """What speaks against each row; a file that no row names is one, too."""
        named = set()
        for row in rows:
            named.add(_name(row))
            try:
                self._accepted(row)
            except Refusal as refused:
                yield rows.problem(row, "file", str(refused))
                continue
            try:
                self._check(row)
            except Refusal as refused:
                yield rows.problem(row, "title", str(refused))
        for name in sorted(set(self.entries) - named - set(LISTS)):
            words = format_lazy(
                _("“{name}” is in the ZIP, but no row names it."), name=name
            )
            yield Problem(rows.sheet, None, "", words)

    def put(self, row: Row) -> Evidence | None:
        """Put one row's file; None where it is there already under this title."""
        file = self._accepted(row)
        title = " ".join(str(row["title"]).split())
        there = Evidence.objects.kept().filter(
            region=self.vault.region, sha256=file.sha256, title=title
        )
        if there.exists():
            return None
        return actions.put(
            by=self.vault.by,
            at=self.at,
            region=self.vault.region,
            upload=file,
            kind=str(row["kind"]),
            title=title,
            details=self._details(row),
            within=self.vault.within,
        )

    def _accepted(self, row: Row) -> AcceptedFile:
        info = self.entries.get(_name(row))
        if info is None:
            raise FileRefused(
                format_lazy(_("“{name}” is not in the ZIP."), name=row["file"])
            )
        name = info.filename.replace("\\", "/").rpartition("/")[2]
        content = SimpleUploadedFile(name, _content(self.archive, info))
        return accept(content, TAKEN)

    def _check(self, row: Row) -> None:
        actions.check(
            self.vault.region,
            str(row["kind"]),
            str(row["title"]),
            self._details(row),
            at=self.at,
            within=self.vault.within,
        )

    def _details(self, row: Row) -> Details:
        values = row.values
        return Details(
            year=values.get("year"),  # type: ignore[arg-type]  # a whole number, or none
            valid_from=values.get("valid_from"),  # type: ignore[arg-type]  # a day
            valid_until=values.get("valid_until"),  # type: ignore[arg-type]  # a day
            department=self._department(str(values.get("department") or "")),
            confidential=bool(values.get("confidential")),
            note=str(values.get("note") or ""),
            illustrative=bool(values.get("example")),
        )

    def _department(self, name: str) -> Department | None:
        if not name.strip():
            return None
        found = self.departments.get(name.strip().casefold())
        if found is None:
            raise actions.EvidenceRefused(
                format_lazy(_("No department is called “{name}”."), name=name),
                next=_("Write its code or its name as it stands on the platform."),
            )
        return found


def _name(row: Row) -> str:
    """The file's name as the row says it, without folders, small and large alike."""
    name = str(row["file"]).replace("\\", "/")
    return name.strip().rpartition("/")[2].casefold()
