"""Files for the register: read row by row, every problem named, saved set-based.

Each kind reads leniently (all cells as text), so that a row that cannot be saved is
named and the others can go on. Nothing is written here: `register_saving` does that.
Field names of SISMIOP: KMK and SE of the land tax; domain facts 4.4.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES
from habaring.people.codes.reach import read_reach
from habaring.regions.models import Region
from habaring.revenue.models import (
    NopPlace,
    ObjectState,
    TaxObject,
    Taxpayer,
    TaxpayerKind,
)
from habaring.revenue.nop import read_nop
from habaring.shared import sealing
from habaring.shared.nik import read_nik
from habaring.shared.refusal import Problem, Refusal, Words
from habaring.shared.tables import Column, Rows, TableKind, read, register

MAX_ROWS = 500_000
LISTED = 200
STEP = 2_000
MOST_M2 = 10**10


def _text(code: str, label: Words, *, needed: Words = "", **more: Any) -> Column:
    return Column(code, label, "text", help=needed, **more)


NEEDED = _("Every row needs it.")

TAXPAYERS = register(
    TableKind(
        "taxpayers",
        _("Taxpayers"),
        _("Taxpayers"),
        (
            _text("number", _("NPWPD"), needed=NEEDED),
            _text("kind", _("Kind")),
            _text("name", _("Name"), needed=NEEDED),
            _text("nik", _("NIK")),
            _text("nib", _("NIB")),
            _text("phone", _("Telephone number")),
            _text("email", _("Mail address")),
            _text("address", _("Address")),
        ),
        help=_(
            "One row a taxpayer. The number finds an entry again; empty cells leave it as it is. Kind: person or entity."
        ),
    )
)
OBJECTS = register(
    TableKind(
        "tax-objects",
        _("Tax objects"),
        _("Objects"),
        (
            _text("tax", _("Tax"), needed=NEEDED),
            _text("number", _("NOP or number"), needed=NEEDED),
            _text("holder", _("NPWPD of the holder"), needed=NEEDED),
            _text("name", _("Name")),
            _text("address", _("Address of the object")),
            _text("place", _("Village code")),
            _text("land_m2", _("Area of the land (m²)")),
            _text("land_class", _("Class of the land")),
            _text("building_m2", _("Area of the building (m²)")),
            _text("building_class", _("Class of the building")),
            _text("use", _("Use")),
            _text("latitude", _("Latitude")),
            _text("longitude", _("Longitude")),
            _text("state", _("State")),
            _text("exempt_reason", _("Article of the exemption")),
        ),
        help=_(
            "One row an object. Tax and number find it again. What is exported comes back unchanged."
        ),
    )
)
_NOP_PARTS = {
    "kd_propinsi": 2,
    "kd_dati2": 2,
    "kd_kecamatan": 3,
    "kd_kelurahan": 3,
    "kd_blok": 3,
    "no_urut": 4,
    "kd_jns_op": 1,
}
_UNUSED = (
    "nop",
    "thn_pajak_sppt",
    "no_formulir_spop",
    "kd_znt",
    "njop_bumi",
    "njop_bng",
    "njop",
    "njoptkp",
    "njkp",
    "pbb_terhutang",
    "faktor_pengurang",
    "pbb_yg_harus_dibayar",
    "status_pembayaran",
    "status_tagihan",
    "status_cetak",
    "tgl_terbit",
    "tgl_cetak",
    "tgl_jatuh_tempo",
    "kelurahan_wp",
    "kota_wp",
    "kd_pos_wp",
    "rw_wp",
    "rt_wp",
    "rw_op",
    "rt_op",
    "kd_status_wp",
    "jns_transaksi_op",
)
SISMIOP = register(
    TableKind(
        "sismiop",
        _("Objects from SISMIOP"),
        "SISMIOP",
        (
            *(Column(code, code.upper(), "text") for code in _NOP_PARTS),
            _text("subjek_pajak_id", "SUBJEK_PAJAK_ID"),
            _text("nm_wp", "NM_WP", needed=NEEDED),
            _text("jalan_wp", "JALAN_WP"),
            _text("telp_wp", "TELP_WP"),
            _text("jalan_op", "JALAN_OP"),
            _text("luas_bumi", "LUAS_BUMI", needed=NEEDED),
            _text("luas_bng", "LUAS_BNG"),
            _text("kd_kls_tanah", "KD_KLS_TANAH"),
            _text("kd_kls_bng", "KD_KLS_BNG"),
            *(Column(code, code.upper(), "text", sparse=True) for code in _UNUSED),
        ),
        help=_(
            "As the national system for land tax writes it: seven columns make the NOP. Columns of bills are passed by."
        ),
    )
)
PLACES = register(
    TableKind(
        "nop-places",
        _("Villages of NOPs"),
        _("Villages of NOPs"),
        (
            _text("prefix", _("First ten digits of the NOP"), needed=NEEDED),
            _text("place", _("Village code"), needed=NEEDED),
        ),
        help=_("Which village the first ten digits mean. Never derived from codes."),
    )
)
READINGS = register(
    TableKind(
        "tap-readings",
        _("Turnover that devices counted"),
        _("Devices"),
        (
            _text("tax", _("Tax"), needed=NEEDED),
            _text("number", _("Number of the object"), needed=NEEDED),
            _text("year", _("Year"), needed=NEEDED),
            _text("month", _("Month"), needed=NEEDED),
            _text("turnover", _("Turnover (Rp)"), needed=NEEDED),
        ),
        help=_("What a tapping device counted at a business in a month."),
    )
)


class Bad(Exception):  # noqa: N818 - a row's expected no
    """A cell that cannot be saved: its column and the sentence."""

    def __init__(self, column: str, message: Words) -> None:
        self.column, self.message = column, message


@dataclass
class Known:
    """What of the register a file is compared with."""

    region: str
    illustrative: bool
    taxpayers: dict[str, tuple[str, bytes | None]] = field(default_factory=dict)
    by_nik: dict[str, str] = field(default_factory=dict)
    villages: frozenset[str] = frozenset()
    objects: dict[tuple[str, str], int] = field(default_factory=dict)
    next_number: int = 1
    mark: Callable[[str], str] = field(default_factory=sealing.keyed_hasher)
    seen: set[Any] = field(default_factory=set)


@dataclass(frozen=True)
class Looked:
    """What a file holds: rows ready to be saved, and what is wrong with the others."""

    rows: int
    good: list[tuple[Any, ...]]
    problems: list[Problem]
    problems_counted: int
    bad: int


Prepare = Callable[[Mapping[str, str], Known], tuple[Any, ...]]


def known_of(region: Region, kind: str, *, illustrative: bool) -> Known:
    """What of the register a kind is compared with. The region must be open."""
    rows = Taxpayer.objects.filter(region=region, merged_into=None).values_list(
        "number", "nik_hash", "contact_sealed"
    )
    known = Known(region.code, illustrative)
    for number, nik_hash, contact in rows.iterator(20_000):
        known.taxpayers[number] = (nik_hash, bytes(contact) if contact else None)
        if nik_hash:
            known.by_nik[nik_hash] = number
    numbers = [int(n[2:]) for n in known.taxpayers if re.fullmatch(r"P\.\d{7}", n)]
    known.next_number = max(numbers, default=0) + 1
    if kind == "tap-readings":
        taxed = TaxObject.objects.filter(region=region).exclude(tax="pbb")
        for tax, number, key in taxed.values_list("tax", "number", "pk"):
            known.objects[tax, number] = key
    known.villages = frozenset(
        Region.objects.within(region).values_list("code", flat=True)
    )
    return known


def look(
    file: IO[bytes],
    kind: str,
    known: Known,
    *,
    today: date,
    language: str,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Looked:
    """Read a file of a kind whole. Raises FileRefused where it cannot be read at all;
    what is wrong with single rows is in the answer.
    """
    table, needed, prepare = KINDS[kind]
    rows = read(file, table, today=today, language=language, max_rows=MAX_ROWS)
    _refuse_missing(rows, table, needed)
    good: list[tuple[Any, ...]] = []
    problems: list[Problem] = []
    wrong = count = 0
    for row in rows:
        count += 1
        if count % STEP == 0:
            progress(count, len(rows))
        cells = {
            code: str(value).strip() for code, value in row.values.items() if value
        }
        try:
            good.append(prepare(cells, known))
        except Bad as bad:
            wrong += 1
            if wrong <= LISTED:
                problems.append(rows.problem(row, bad.column, bad.message))
    return Looked(count, good, problems, wrong, wrong)


def _refuse_missing(rows: Rows, table: TableKind, needed: Iterable[str]) -> None:
    gone = [code for code in needed if code not in rows.columns]
    if gone:
        words = _("The column “{label}” is missing. Add it, with this heading.")
        raise rows.refused(
            Problem(
                rows.sheet, None, "", format_lazy(words, label=table.column(c).label)
            )
            for c in gone
        )


# Cells


def _needed(cells: Mapping[str, str], code: str) -> str:
    value = cells.get(code, "")
    if not value:
        raise Bad(code, _("Something must stand here."))
    return value


def _whole(cells: Mapping[str, str], code: str, most: int = MOST_M2) -> int:
    text = cells.get(code, "")
    plain = re.sub(r"[\s.]", "", text.removeprefix("Rp")) if text else "0"
    plain = re.sub(r",0*$", "", plain)
    if not (plain.isascii() and plain.isdigit()) or int(plain) > most:
        raise Bad(code, format_lazy(_("“{text}” is not a whole number."), text=text))
    return int(plain)


def _degrees(cells: Mapping[str, str], code: str, most: float) -> float | None:
    text = cells.get(code, "").replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise Bad(code, _("Write degrees, such as -2.53.")) from None
    if abs(value) > most:
        raise Bad(code, _("Write degrees, such as -2.53."))
    return value


def _once(known: Known, key: Any, code: str) -> None:
    if key in known.seen:
        raise Bad(code, _("This stands in the file twice. Keep one row."))
    known.seen.add(key)


def _asked(code: str, ask: Callable[[], str]) -> str:
    """A reader's refusal, told of its cell. It never repeats the number."""
    try:
        return ask()
    except Refusal as refused:
        raise Bad(code, f"{refused.what} {refused.why}".strip()) from refused


def _short(cells: Mapping[str, str], code: str, most: int) -> str:
    text = " ".join(cells.get(code, "").split())
    if len(text) > most:
        words = _("This is longer than {most} characters. Shorten it.")
        raise Bad(code, format_lazy(words, most=most))
    return text


# Rows, one function a kind


def _taxpayer(cells: Mapping[str, str], known: Known) -> tuple[Any, ...]:
    number = _needed(cells, "number")
    _needed(cells, "name")
    _once(known, number, "number")
    kind = cells.get("kind", "").lower()
    words = {
        "": "",
        "orang pribadi": "person",
        "badan": "entity",
        "perorangan": "person",
    }
    kind = words.get(kind, kind)
    if kind and kind not in TaxpayerKind.values:
        raise Bad("kind", _("Write person or entity."))
    nik = cells.get("nik", "")
    if nik:
        nik = _asked("nik", lambda: read_nik(nik, illustrative=known.illustrative))
        _refuse_other(known, nik, number)
    nib = "".join(cells.get("nib", "").split())
    if nib and not re.fullmatch(r"\d{13}", nib):
        raise Bad("nib", _("A NIB has 13 digits."))
    contact = tuple(
        _asked(code, lambda text=text: read_reach(text).value) if text else ""  # type: ignore[misc]
        for code in ("phone", "email")
        for text in (cells.get(code, ""),)
    )
    named = (_short(cells, "number", 30), _short(cells, "name", 150))
    return (*named, kind, nik, nib, *contact, _short(cells, "address", 300))


def _refuse_other(known: Known, nik: str, number: str) -> None:
    mark = known.mark(nik)
    other = known.by_nik.setdefault(mark, number)
    if other != number:
        words = _("This NIK belongs to taxpayer {number}.")
        raise Bad("nik", format_lazy(words, number=other))


def _object(cells: Mapping[str, str], known: Known) -> tuple[Any, ...]:
    tax = _tax(cells)
    number = _needed(cells, "number")
    if tax == "pbb":
        number = _asked("number", lambda: read_nop(number))
    _once(known, (tax, number), "number")
    holder = _needed(cells, "holder")
    if holder not in known.taxpayers:
        raise Bad("holder", _("There is no taxpayer with this number."))
    place = cells.get("place", "")
    if place and place not in known.villages:
        raise Bad("place", _("This village is not in this region."))
    state = cells.get("state", "").lower() or "active"
    reason = _short(cells, "exempt_reason", 200)
    if state not in ObjectState.values:
        raise Bad("state", _("Write active, exempt or closed."))
    if state == ObjectState.EXEMPT and not reason:
        raise Bad("exempt_reason", _("An exemption names its article."))
    return (
        tax,
        number,
        holder,
        _short(cells, "name", 150),
        _short(cells, "address", 300),
        place or None,
        _whole(cells, "land_m2"),
        _whole(cells, "building_m2"),
        _short(cells, "land_class", 4).upper(),
        _short(cells, "building_class", 4).upper(),
        _short(cells, "use", 20),
        _degrees(cells, "latitude", 90),
        _degrees(cells, "longitude", 180),
        state,
        reason if state == ObjectState.EXEMPT else "",
    )


def _tax(cells: Mapping[str, str]) -> str:
    tax = _needed(cells, "tax").lower()
    if tax not in TAXES:
        words = _("There is no tax called “{tax}”. Write one of: {codes}.")
        raise Bad("tax", format_lazy(words, tax=tax, codes=", ".join(TAXES)))
    return tax


def _sismiop(cells: Mapping[str, str], known: Known) -> tuple[Any, ...]:
    nop = "".join(_part(cells, code, digits) for code, digits in _NOP_PARTS.items())
    _once(known, nop, "no_urut")
    name = " ".join(_needed(cells, "nm_wp").split())[:150]
    holder, nik = _subject(cells, known, nop)
    phone = cells.get("telp_wp", "")
    try:
        phone = read_reach(phone).value if phone else ""
    except Refusal:
        phone = ""  # old telephone numbers are no reason to leave an object out
    return (
        nop,
        holder,
        name,
        nik,
        phone,
        _short(cells, "jalan_wp", 300),
        _short(cells, "jalan_op", 300),
        _whole(cells, "luas_bumi"),
        _whole(cells, "luas_bng"),
        _short(cells, "kd_kls_tanah", 4).upper(),
        _short(cells, "kd_kls_bng", 4).upper(),
    )


def _part(cells: Mapping[str, str], code: str, digits: int) -> str:
    text = cells.get(code, "") or ("0" if code == "kd_jns_op" else "")
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        words = _("This part of the NOP has {n} digits.")
        raise Bad(code, format_lazy(words, n=digits))
    return text.zfill(digits)


def _subject(cells: Mapping[str, str], known: Known, nop: str) -> tuple[str, str]:
    """The number of the taxpayer, and the NIK where the subject's id is one. Where a
    file names nobody, the object's own number stands for its holder.
    """
    subject = re.sub(r"[\s.\-]", "", cells.get("subjek_pajak_id", ""))
    if not subject:
        return f"N.{nop}", ""
    try:
        nik = read_nik(subject, illustrative=known.illustrative)
    except Refusal:
        return f"S.{subject}"[:30], ""
    mark = known.mark(nik)
    number = known.by_nik.get(mark)
    if number is None:
        number = f"P.{known.next_number:07d}"
        known.next_number += 1
        known.by_nik[mark] = number
    return number, nik


def _nop_place(cells: Mapping[str, str], known: Known) -> tuple[Any, ...]:
    prefix = re.sub(r"[\s.\-]", "", _needed(cells, "prefix"))
    if not re.fullmatch(r"\d{10}", prefix):
        raise Bad("prefix", _("It takes the first ten digits of a NOP."))
    _once(known, prefix, "prefix")
    place = _needed(cells, "place")
    if place not in known.villages:
        raise Bad("place", _("This village is not in this region."))
    return prefix, place


def _reading(cells: Mapping[str, str], known: Known) -> tuple[Any, ...]:
    tax = _tax(cells)
    key = known.objects.get((tax, _needed(cells, "number")))
    if key is None:
        raise Bad("number", _("There is no object with this number."))
    year, month = _whole(cells, "year", 2100), _whole(cells, "month", 12)
    if year < 2000 or not month:
        raise Bad("month", _("Write the month as 1 to 12 and the year in full."))
    _once(known, (key, year, month), "month")
    _needed(cells, "turnover")
    return key, year, month, _whole(cells, "turnover", 10**15)


KINDS: dict[str, tuple[TableKind, tuple[str, ...], Prepare]] = {
    "sismiop": (
        SISMIOP,
        (*(code for code in _NOP_PARTS if code != "kd_jns_op"), "nm_wp", "luas_bumi"),
        _sismiop,
    ),
    "tax-objects": (OBJECTS, ("tax", "number", "holder"), _object),
    "taxpayers": (TAXPAYERS, ("number", "name"), _taxpayer),
    "nop-places": (PLACES, ("prefix", "place"), _nop_place),
    "tap-readings": (
        READINGS,
        ("tax", "number", "year", "month", "turnover"),
        _reading,
    ),
}


def object_rows(rows: Any) -> Iterator[dict[str, Any]]:
    """Objects as a file that comes back unchanged."""
    for row in rows.iterator(5_000):
        yield {
            "tax": row.tax,
            "number": row.number,
            "holder": row.taxpayer.number,
            "name": row.name or None,
            "address": row.address or None,
            "place": row.place_id,
            "land_m2": str(row.land_m2),
            "land_class": row.land_class or None,
            "building_m2": str(row.building_m2),
            "building_class": row.building_class or None,
            "use": row.use or None,
            "latitude": None if row.latitude is None else str(row.latitude),
            "longitude": None if row.longitude is None else str(row.longitude),
            "state": row.state,
            "exempt_reason": row.exempt_reason or None,
        }


def place_rows(region: Region) -> Iterator[dict[str, Any]]:
    """The mapping as a file that comes back unchanged."""
    for row in NopPlace.objects.filter(region=region):
        yield {"prefix": row.prefix, "place": row.place_id}


COUNTS: dict[str, Words] = {
    "new": _("new"),
    "changed": _("changed"),
    "same": _("unchanged"),
    "holders": _("holders written down"),
    "taxpayers": _("new taxpayers"),
    "taxpayers_changed": _("changed taxpayers"),
    "placed": _("objects that got their village"),
}
"""What the numbers of a saved file mean."""
