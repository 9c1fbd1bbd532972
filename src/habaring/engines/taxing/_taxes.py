"""The thirteen taxes of a kabupaten: their facts, steps, words and bounds in law.

Bounds: Law 1/2022 (UU HKPD), the articles named beside each. A region's own figures
stand in its rules; nothing here is a rate that anybody pays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

FactKind = Literal["m2", "rupiah", "quantity", "count", "use", "yes"]
Formula = Literal["land-building", "greater", "paid", "quantity", "tax"]


@dataclass(frozen=True)
class Fact:
    """Something that an assessment needs to know, with words for a form.

    `kind`: m2 and count are whole numbers, rupiah whole money, quantity a decimal
    number of at most three places (`scale` 1000: tables hold thousandths), `use` the
    key of one of the rules' uses, `yes` true or false. Not required: `default` holds.
    """

    key: str
    kind: FactKind
    label_id: str
    label_en: str
    required: bool = True
    default: int | str | bool = 0
    unit: str = ""
    columns: tuple[str, ...] = ()

    @property
    def scale(self) -> int:
        return 1000 if self.kind == "quantity" else 1


@dataclass(frozen=True)
class Bound:
    """From `least` to `most` of the base, by an article of the national law."""

    least: Fraction
    most: Fraction
    article: str


@dataclass(frozen=True)
class Words:
    """The name of a step."""

    label_id: str
    label_en: str


@dataclass(frozen=True)
class Tax:
    """A kind of tax. `law`: bounds of its rates by the law class of a use.

    `official`: the office assesses; else the taxpayer does. `period`: what one
    assessment is for. `least_deduction` by law class, rupiah.
    """

    code: str
    name_id: str
    name_en: str
    official: bool
    period: Literal["year", "month", "event"]
    formula: Formula
    facts: tuple[Fact, ...]
    law: Mapping[str, Bound]
    steps: Mapping[str, Words]
    least_deduction: Mapping[str, tuple[int, str]]
    share: Bound | None = None

    def fact(self, key: str) -> Fact | None:
        """The fact called `key`."""
        return next((fact for fact in self.facts if fact.key == key), None)


LAW = "UU 1/2022"


def _bound(most: str, article: str, least: str = "0") -> Bound:
    return Bound(Fraction(least) / 100, Fraction(most) / 100, f"{LAW} {article}")


def _use(label_id: str, label_en: str, *columns: str) -> Fact:
    return Fact(
        "use",
        "use",
        label_id,
        label_en,
        required=False,
        default="",
        columns=columns,
    )


_FIRST = Fact(
    "first",
    "yes",
    "Pengurang diterapkan pada objek ini",
    "The deduction is given on this object",
    required=False,
    default=True,
)
_STEPS = {
    "land": Words("NJOP bumi", "Value of the land"),
    "building": Words("NJOP bangunan", "Value of the building"),
    "base": Words("Dasar pengenaan", "Tax base"),
    "excluded": Words("Dikecualikan", "Excluded"),
    "deduction": Words("Pengurang", "Deduction"),
    "taxable": Words("Dasar setelah pengurang", "Base after the deduction"),
    "share": Words("Bagian yang dikenai pajak", "Part that is taxed"),
    "weight": Words("Nilai setelah bobot", "Value after its weight"),
    "tax": Words("Pajak sebelum ketentuan akhir", "Tax before the last rules"),
    "minimum": Words("Pajak minimum", "Least tax"),
    "total": Words("Pajak terutang", "Tax due"),
}


def _steps(keys: str, **own: tuple[str, str]) -> dict[str, Words]:
    said = {key: Words(*words) for key, words in own.items()}
    return {key: said.get(key, _STEPS[key]) for key in keys.split()}


def _paid(code: str, name_id: str, name_en: str, law: Mapping[str, Bound]) -> Tax:
    """A tax on goods and services: a part of what the consumer pays."""
    uses = {
        "pbjt-mm": ("Jenis usaha", "Kind of business"),
        "pbjt-tl": ("Golongan pelanggan", "Class of customer"),
    }.get(code, ("Jenis jasa", "Kind of service"))
    return Tax(
        code,
        name_id,
        name_en,
        official=False,
        period="month",
        formula="paid",
        facts=(
            Fact(
                "paid",
                "rupiah",
                "Pembayaran konsumen sebelum potongan harga",
                "Paid by consumers, before discounts",
                unit="Rp",
                columns=("bayar", "omzet", "pembayaran"),
            ),
            Fact(
                "discount",
                "rupiah",
                "Potongan harga (bukan kupon yang dipakai membayar)",
                "Discounts (not vouchers used as payment)",
                required=False,
                unit="Rp",
                columns=("potongan",),
            ),
            Fact(
                "service",
                "rupiah",
                "Biaya layanan",
                "Service charge",
                required=False,
                unit="Rp",
                columns=("layanan",),
            ),
            _use(*uses, "golongan", "jenis"),
        ),
        law=law,
        steps=_steps(
            "base excluded tax minimum total",
            base=("Pembayaran yang dikenai pajak", "Payments that are taxed"),
        ),
        least_deduction={},
    )


def _quantity(facts: tuple[Fact, ...], use: Fact) -> tuple[Fact, ...]:
    price = Fact(
        "price",
        "rupiah",
        "Harga satuan (bila tidak ditetapkan aturan)",
        "Price of a unit (where the rules set none)",
        required=False,
        unit="Rp",
        columns=("harga", "harga_satuan"),
    )
    return (*facts, use, price)


def _volume(label_id: str, label_en: str, unit: str, *columns: str) -> Fact:
    return Fact("volume", "quantity", label_id, label_en, unit=unit, columns=columns)


_GENERAL = {"": _bound("10", "Pasal 58 ayat (1)")}
_VALUE = ("Nilai yang dikenai pajak", "Value that is taxed")
_QUANTITY_STEPS = "base excluded weight tax minimum total"

_ALL = (
    Tax(
        "pbb",
        "Pajak Bumi dan Bangunan Perdesaan dan Perkotaan (PBB-P2)",
        "Land and building tax",
        official=True,
        period="year",
        formula="land-building",
        facts=(
            Fact(
                "land_m2",
                "m2",
                "Luas bumi",
                "Area of the land",
                unit="m²",
                columns=("luas_bumi", "luas_tanah"),
            ),
            Fact(
                "land_value",
                "rupiah",
                "NJOP bumi per m²",
                "Value of the land per m²",
                unit="Rp/m²",
                columns=("njop_bumi_m2", "nilai_bumi_m2"),
            ),
            Fact(
                "building_m2",
                "m2",
                "Luas bangunan",
                "Area of the building",
                required=False,
                unit="m²",
                columns=("luas_bng", "luas_bangunan"),
            ),
            Fact(
                "building_value",
                "rupiah",
                "NJOP bangunan per m²",
                "Value of the building per m²",
                required=False,
                unit="Rp/m²",
                columns=("njop_bng_m2", "nilai_bng_m2"),
            ),
            _use("Penggunaan", "Use", "penggunaan", "jns_penggunaan"),
            _FIRST,
        ),
        law={
            "": _bound("0.5", "Pasal 41 ayat (1)"),
            "food": _bound("0.5", "Pasal 41 ayat (1) dan (2)"),
        },
        steps=_steps(
            "land building base excluded deduction taxable share tax minimum total",
            base=("NJOP", "Value of the object (NJOP)"),
            deduction=("NJOPTKP", "Value free of tax (NJOPTKP)"),
            taxable=("NJOP setelah NJOPTKP", "Value after NJOPTKP"),
            share=("NJOP kena pajak", "Part of the value that is taxed (NJKP)"),
            tax=("PBB-P2 menurut tarif", "Tax by the rate"),
            total=("PBB-P2 terutang", "Tax due"),
        ),
        least_deduction={"": (10_000_000, f"{LAW} Pasal 40 ayat (3)")},
        share=_bound("100", "Pasal 40 ayat (5)", "20"),
    ),
    Tax(
        "bphtb",
        "Bea Perolehan Hak atas Tanah dan Bangunan (BPHTB)",
        "Duty on acquiring land and buildings",
        official=False,
        period="event",
        formula="greater",
        facts=(
            Fact(
                "price",
                "rupiah",
                "Harga transaksi atau nilai pasar",
                "Price or market value",
                unit="Rp",
                columns=("harga", "harga_transaksi", "nilai_pasar"),
            ),
            Fact(
                "njop",
                "rupiah",
                "NJOP tahun perolehan",
                "NJOP of the year",
                required=False,
                unit="Rp",
                columns=("njop",),
            ),
            _use("Cara perolehan", "How it was acquired", "perolehan"),
            _FIRST,
        ),
        law={
            "": _bound("5", "Pasal 47 ayat (1)"),
            "family": _bound("5", "Pasal 47 ayat (1)"),
        },
        steps=_steps(
            "base excluded deduction taxable tax minimum total",
            base=("Nilai perolehan (NPOP)", "Value acquired (NPOP)"),
            deduction=("NPOPTKP", "Value free of tax (NPOPTKP)"),
            taxable=("NPOP kena pajak", "Value that is taxed"),
            total=("BPHTB terutang", "Duty due"),
        ),
        least_deduction={
            "": (80_000_000, f"{LAW} Pasal 46 ayat (5)"),
            "family": (300_000_000, f"{LAW} Pasal 46 ayat (6)"),
        },
    ),
    _paid(
        "pbjt-mm",
        "PBJT atas makanan dan/atau minuman",
        "Tax on food and drink",
        _GENERAL,
    ),
    _paid(
        "pbjt-tl",
        "PBJT atas tenaga listrik",
        "Tax on electricity",
        {
            **_GENERAL,
            "industry": _bound("3", "Pasal 58 ayat (3) huruf a"),
            "own": _bound("1.5", "Pasal 58 ayat (3) huruf b"),
        },
    ),
    _paid("pbjt-h", "PBJT atas jasa perhotelan", "Tax on hotels", _GENERAL),
    _paid("pbjt-p", "PBJT atas jasa parkir", "Tax on parking", _GENERAL),
    _paid(
        "pbjt-kh",
        "PBJT atas jasa kesenian dan hiburan",
        "Tax on arts and entertainment",
        {**_GENERAL, "night": _bound("75", "Pasal 58 ayat (2)", "40")},
    ),
    Tax(
        "reklame",
        "Pajak reklame",
        "Tax on advertisements",
        official=True,
        period="event",
        formula="quantity",
        facts=_quantity(
            (
                Fact(
                    "size",
                    "quantity",
                    "Ukuran satu reklame",
                    "Size of one advertisement",
                    unit="m²",
                    columns=("ukuran", "luas"),
                ),
                Fact(
                    "duration",
                    "count",
                    "Lama pemasangan, dalam satuan waktu aturan",
                    "How long, in the rules' unit of time",
                    columns=("lama", "jangka_waktu"),
                ),
                Fact(
                    "count",
                    "count",
                    "Jumlah reklame",
                    "How many",
                    required=False,
                    default=1,
                    columns=("jumlah",),
                ),
            ),
            _use("Kelas lokasi", "Class of the place", "kelas", "lokasi"),
        ),
        law={"": _bound("25", "Pasal 63 ayat (1)")},
        steps=_steps(_QUANTITY_STEPS, base=("Nilai sewa reklame (NSR)", _VALUE[1])),
        least_deduction={},
    ),
    Tax(
        "mblb",
        "Pajak mineral bukan logam dan batuan (MBLB)",
        "Tax on minerals that are not metal, and rocks",
        official=False,
        period="month",
        formula="quantity",
        facts=_quantity(
            (_volume("Volume pengambilan", "Volume taken", "m³", "tonase"),),
            _use("Jenis mineral", "Mineral", "mineral", "jenis"),
        ),
        law={"": _bound("20", "Pasal 74 ayat (1)")},
        steps=_steps(_QUANTITY_STEPS, base=_VALUE),
        least_deduction={},
    ),
    Tax(
        "pat",
        "Pajak air tanah",
        "Tax on ground water",
        official=True,
        period="month",
        formula="quantity",
        facts=_quantity(
            (_volume("Volume air", "Volume of water", "m³", "volume_air"),),
            _use("Kelompok pemakai", "Group of users", "kelompok"),
        ),
        law={"": _bound("20", "Pasal 68 ayat (1)")},
        steps=_steps(
            _QUANTITY_STEPS,
            base=("Volume × harga air baku", "Volume × base price of water"),
            weight=("Nilai perolehan air (NPA)", "Value of the water (NPA)"),
        ),
        least_deduction={},
    ),
    Tax(
        "walet",
        "Pajak sarang burung walet",
        "Tax on swiftlet nests",
        official=False,
        period="month",
        formula="quantity",
        facts=_quantity(
            (_volume("Berat sarang", "Weight of the nests", "kg", "berat"),),
            _use("Jenis sarang", "Kind of nest", "jenis"),
        ),
        law={"": _bound("10", "Pasal 79 ayat (1)")},
        steps=_steps(_QUANTITY_STEPS, base=("Nilai jual sarang", "Value of the nests")),
        least_deduction={},
    ),
)


def _opsen(code: str, of: str, period: Literal["year", "event"]) -> Tax:
    return Tax(
        code,
        f"Opsen {of}",
        f"Surcharge on {of}",
        official=True,
        period=period,
        formula="tax",
        facts=(
            Fact(
                "tax",
                "rupiah",
                f"{of} terutang",
                f"{of} due",
                unit="Rp",
                columns=("pokok", of.lower()),
            ),
            _use("Jenis kendaraan", "Kind of vehicle", "jenis"),
        ),
        law={"": _bound("66", "Pasal 83", "66")},
        steps=_steps(
            "base excluded tax minimum total",
            base=(f"{of} terutang", f"{of} due"),
            total=(f"Opsen {of}", f"Surcharge on {of}"),
        ),
        least_deduction={},
    )


TAXES: Mapping[str, Tax] = {
    tax.code: tax
    for tax in (
        *_ALL,
        _opsen("opsen-pkb", "PKB", "year"),
        _opsen("opsen-bbnkb", "BBNKB", "event"),
    )
}
"""Every tax by its code."""

BESIDE: Mapping[str, Bound] = {"opsen-mblb": _bound("25", "Pasal 83", "25")}
