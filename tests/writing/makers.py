"""People at their editors: what a browser does with Yjs, done with pycrdt."""

from dataclasses import dataclass, field
from datetime import datetime

from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.writing import actions, keeping, kinds
from habaring.writing.actions import Hand
from habaring.writing.differences import edits
from habaring.writing.kinds import Frozen, Kind, Place
from habaring.writing.models import Document, Update
from habaring.writing.weaving import Loom

PREFIX = "uji/"
KEY = "uji/satu"
SEED = "Kotawaringin Timur adalah kabupaten.\n\nSampit adalah ibu kotanya."
FROZEN: list[Frozen] = []


def _place(region: Region, key: str) -> Place | None:
    return Place(title=f"Naskah {key}", url=f"/ruang-kerja/{region.code}/")


def _seed(region: Region, key: str) -> str:
    return "" if key.endswith("kosong") else SEED


KIND = Kind(
    prefix=PREFIX,
    write=frozenset({Power.WRITE_PLAN}),
    speak=frozenset({Power.MENTOR}),
    place=_place,
    seed=_seed,
    frozen=FROZEN.append,
)


def known() -> None:
    """The kind of text that the tests write."""
    if KIND not in kinds.kinds():
        kinds.register(KIND)


@dataclass
class Writer:
    """One open editor: its own copy, what it sent, what it has seen."""

    document: Document
    account: Account | None
    at: datetime
    seen: int = 0
    loom: Loom = field(default_factory=Loom)
    unsent: list[bytes] = field(default_factory=list)

    def read(self) -> None:
        for row in Update.objects.filter(
            document=self.document, number__gt=self.seen
        ).order_by("number"):
            self.loom.weave(bytes(row.content))
            self.seen = row.number

    def type(self, paragraph: str, text: str) -> None:
        """Make the paragraph say this, in the own copy."""
        before = self.loom.vector
        self.loom.write(paragraph, edits(self.loom.text(paragraph), text))
        self.unsent.append(self.loom.since(before))

    def put(self, paragraph: str, place: str) -> None:
        before = self.loom.vector
        self.loom.put(paragraph, place)
        self.unsent.append(self.loom.since(before))

    def send(self) -> None:
        while self.unsent:
            hand = Hand(self.account, self.at)
            actions.take(document=self.document, content=self.unsent[0], hand=hand)
            self.unsent.pop(0)

    def says(self) -> list[str]:
        return [one.text for one in self.loom.standing()]


def server_says(document: Document) -> list[str]:
    return [one.text for one in keeping.loom_of(document).standing()]
