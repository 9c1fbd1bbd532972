"""Workshops: everything here is an example, and nobody in it is real."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.timezone import localdate

from habaring.masterplan.actions.analysing import NewIssue
from habaring.regions.models import Region
from habaring.workshop.actions import carrying, grouping, notes, people, rooms, voting
from habaring.workshop.actions.carrying import Hand
from habaring.workshop.models import Board, Note, Participant, Phase, Room

TABLES = ("GOV", "BRA", "ECO", "LIV", "SOC", "ENV")
IDEAS = {
    "Bayar pajak tanpa ke Sampit": (
        (0, "Contoh: bayar PBB dari desa, lewat kios atau ponsel"),
        (2, "Contoh: kolektor desa membawa bukti bayar resmi"),
        (4, "Contoh: pengingat jatuh tempo lewat pesan singkat"),
    ),
    "Sinyal dan listrik desa": (
        (3, "Contoh: menara bersama di desa tanpa sinyal"),
        (5, "Contoh: panel surya untuk balai desa"),
    ),
    "": (
        (1, "Contoh: satu penanda jalan untuk semua tujuan wisata"),
        (5, "Contoh: bank sampah di setiap kelurahan"),
    ),
}
SWOT = (
    (
        0,
        "S",
        "superstructure",
        "Contoh: pimpinan daerah memimpin sendiri rapat bulanan",
    ),
    (0, "W", "structure", "Contoh: tenaga TI di perangkat daerah masih sedikit"),
    (2, "O", "infrastructure", "Contoh: bank daerah membuka loket di kecamatan"),
    (3, "T", "infrastructure", "Contoh: jalan ke hulu terputus saat banjir"),
    (4, "S", "structure", "Contoh: karang taruna aktif di banyak desa"),
    (5, "W", "superstructure", "Contoh: belum ada perda pengelolaan sampah"),
)
PRIORITIES = (
    (0, "Contoh: pelayanan selesai di kecamatan"),
    (2, "Contoh: pasar desa menerima pembayaran nontunai"),
    (3, "Contoh: puskesmas terhubung jaringan tetap"),
    (5, "Contoh: sampah dipilah dari rumah"),
)
ELSEWHERE = {
    "62.01": "Contoh: antrean puskesmas lewat pesan singkat",
    "62.71": "Contoh: parkir kota dibayar nontunai",
}


@dataclass
class Hall:
    """A room with one person at each table."""

    room: Room
    persons: list[Participant]
    at: datetime

    def board(self, number: int) -> Board:
        rows = Board.objects.select_related("room__region")
        return rows.get(room=self.room, number=number)

    def note(self, board: Board, table: int, text: str, **more: str) -> Note:
        person = self.persons[table]
        words = notes.Words(_key(f"{self.room.pk} {board.number} {text}"), text, **more)
        made = notes.write(board=board, person=person, words=words, at=self.at)
        return made.note

    def lead(self, board: Board, phase: Phase) -> None:
        rooms.set_phase(board=board, phase=phase, by=None, at=self.at)


def _key(text: str) -> UUID:
    return uuid5(NAMESPACE_URL, text)


def tell(region: Region, *, at: datetime) -> None:
    """A workshop of two days under way, and the first notes of two other regions."""
    hall = _hall(region, "Bimtek I: analisis dan prioritas (contoh)", at)
    _ideas(hall)
    _swot(hall)
    _priorities(hall)
    for code, text in ELSEWHERE.items():
        other = Region.objects.filter(code=code).first()
        if other is not None:
            there = _hall(other, "Lokakarya gagasan (contoh)", at)
            there.note(there.board(1), 0, text)


def _hall(region: Region, title: str, at: datetime) -> Hall:
    day = localdate(at)
    new = rooms.NewRoom(
        title=title,
        day=day,
        last_day=day + timedelta(days=13),
        place="Contoh: aula kantor bupati",
        tables=TABLES,
        illustrative=True,
    )
    room = rooms.open_room(region=region, new=new, by=None, at=at)
    persons = [
        people.join(room=room, name="", table=table, at=at)
        for table in room.tables.order_by("number")
    ]
    return Hall(room, persons, at)


def _ideas(hall: Hall) -> None:
    board, hand = hall.board(1), grouping.Hand()
    for title, rows in IDEAS.items():
        keys = [hall.note(board, table, text).pk for table, text in rows]
        if title:
            grouping.gather(board=board, notes=keys, title=title, hand=hand, at=hall.at)
    hall.lead(board, Phase.GROUP)


def _swot(hall: Hall) -> None:
    board = hall.board(2)
    made = [
        hall.note(board, table, text, kind=kind, layer=layer)
        for table, kind, layer, text in SWOT
    ]
    _vote(hall, board, made)
    words = [f"note:{note.pk}" for note in made[:2]]
    carrying.many_to_swot(board, words, Hand(None, hall.at))


def _vote(hall: Hall, board: Board, made: list[Note]) -> None:
    """Each gives three dots: two to what lies next, one to the first."""
    hall.lead(board, Phase.VOTE)
    for nth, person in enumerate(hall.persons):
        target = made[nth % len(made)]
        voting.place(board=board, person=person, target=target, count=2, at=hall.at)
        if nth:
            voting.place(
                board=board, person=person, target=made[0], count=1, at=hall.at
            )
    hall.lead(board, Phase.SHOWN)


def _priorities(hall: Hall) -> None:
    board = hall.board(3)
    made = [hall.note(board, table, text) for table, text in PRIORITIES]
    load = carrying.load_of(board, f"note:{made[0].pk}")
    new = NewIssue("GOV", load.choice.title)
    carrying.to_issue(load, new, Hand(None, hall.at))
    hall.lead(board, Phase.VOTE)
    for person in hall.persons[:3]:
        voting.place(board=board, person=person, target=made[1], count=2, at=hall.at)
