"""Texts that are being written together: everything here is an example."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from habaring.regions.models import Region
from habaring.writing import actions, keeping, queries
from habaring.writing.actions import Hand

TRENDS = "masterplan/section/buku-1.kecenderungan"
BACKGROUND = "masterplan/section/buku-1.latar-belakang"
SINCE = timedelta(days=12)


@dataclass(frozen=True)
class Draft:
    """The beginning of a text in another region."""

    code: str
    paragraphs: tuple[str, ...]
    comment: str


DRAFTS = (
    Draft(
        "62.01",
        (
            "Contoh: Kotawaringin Barat memulai rencana smart city dari pelayanan yang"
            " paling sering dipakai warga.",
            "Contoh: Rancangan ini ditulis bersama oleh Bappeda, Dinas Kominfo, dan"
            " perangkat daerah.",
        ),
        "Contoh: sebutkan pelayanan yang mana, dengan jumlah pemakainya.",
    ),
    Draft(
        "62.71",
        (
            "Contoh: Palangka Raya adalah ibu kota provinsi; banyak pelayanannya dipakai"
            " warga kabupaten tetangga.",
        ),
        "Contoh: tambahkan angka kunjungan dari luar kota.",
    ),
)


def tell(region: Region, *, at: datetime) -> None:
    """A section under discussion, and the beginnings of two other regions."""
    if keeping.find(region, TRENDS) is not None:
        return  # told before
    begun = at - SINCE
    actions.begin(region=region, key=TRENDS, by=None, at=begun)
    _discuss(region, at=at)  # what a text binds is known only since the figures are
    for draft in DRAFTS:
        other = Region.objects.filter(code=draft.code).first()
        if other is not None:
            _write(other, draft, at=begun)


def _discuss(region: Region, *, at: datetime) -> None:
    here = queries.paragraphs(region, TRENDS)
    first = next((one for one in here if one.text), None)
    if first is None:
        return
    about: dict[str, Any] = {"region": region, "key": TRENDS, "paragraph": first.id}
    said = actions.comment(
        **about, by=None, at=at, text="Contoh: dari tahun berapa angka ini?"
    )
    actions.comment(
        **about, by=None, at=at, text="Contoh: 2022, dari BPS.", answers=said
    )
    actions.freeze(
        by=None, at=at, region=region, key=TRENDS, note="Contoh: rancangan pertama"
    )
    document = keeping.find(region, TRENDS)
    actions.suggest(
        **about,
        text=f"{first.text} Contoh: kalimat ini diusulkan untuk ditambahkan.",
        why="Contoh: supaya sumbernya jelas.",
        base=keeping.newest(document) if document else 0,
        hand=Hand(None, at),
    )


def _write(region: Region, draft: Draft, *, at: datetime) -> None:
    document = actions.begin(region=region, key=BACKGROUND, by=None, at=at)
    hand, name = Hand(None, at), ""
    for text in draft.paragraphs:
        here = queries.paragraphs(region, BACKGROUND)
        if not name:
            name = here[0].id
        else:
            name = actions.arrange(
                region=region, key=BACKGROUND, paragraph=name, how="add", hand=hand
            )
        actions.write(
            region=region,
            key=BACKGROUND,
            paragraph=name,
            text=text,
            base=keeping.newest(document),
            hand=hand,
        )
    actions.comment(
        by=None,
        at=at,
        region=region,
        key=BACKGROUND,
        paragraph=name,
        text=draft.comment,
    )
