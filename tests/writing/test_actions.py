"""What several people write meets in one text, and says whose it is."""

import random
from datetime import datetime
from itertools import product

import pytest

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal
from habaring.writing import actions, keeping, queries
from habaring.writing.actions import Hand, NotTaken
from habaring.writing.models import (
    Document,
    Snapshot,
    Suggestion,
    SuggestionState,
    Update,
    Version,
)
from habaring.writing.weaving import Loom, between
from tests.writing.makers import FROZEN, KEY, Writer, known, server_says

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind() -> None:
    known()


@pytest.fixture
def document(kotim: Region, budi: Account, at: datetime) -> Document:
    return actions.begin(region=kotim, key=KEY, by=budi, at=at)


def first(document: Document) -> str:
    return keeping.loom_of(document).standing()[0].id


def test_a_text_begins_with_what_stood_there(document: Document) -> None:
    assert server_says(document) == [
        "Kotawaringin Timur adalah kabupaten.",
        "Sampit adalah ibu kotanya.",
    ]


def test_before_it_begins_its_paragraphs_have_the_same_names(
    kotim: Region, budi: Account, at: datetime
) -> None:
    before = [one.id for one in queries.paragraphs(kotim, KEY)]
    actions.begin(region=kotim, key=KEY, by=budi, at=at)
    assert [one.id for one in queries.paragraphs(kotim, KEY)] == before


def test_two_who_type_at_once_lose_nothing(
    document: Document, budi: Account, alya: Account, at: datetime
) -> None:
    one, two = Writer(document, budi, at), Writer(document, alya, at)
    one.read()
    two.read()
    name = first(document)
    one.type(name, "Kabupaten Kotawaringin Timur adalah kabupaten.")
    two.type(name, "Kotawaringin Timur adalah kabupaten yang luas.")
    one.send()
    two.send()
    one.read()
    two.read()
    assert one.says() == two.says() == server_says(document)
    assert one.says()[0] == "Kabupaten Kotawaringin Timur adalah kabupaten yang luas."


def turn_of(writer: Writer, name: str, word: str, dice: random.Random) -> None:
    """One thing that somebody does: a new paragraph, a word, a move, a removal."""
    standing = writer.loom.standing()
    if dice.random() < 0.3 or not standing:
        low = standing[-1].place if standing else ""
        writer.put(name, between(low, ""))
        writer.type(name, word)
        return
    one = dice.choice(standing)
    if dice.random() < 0.2:
        writer.put(one.id, dice.choice(["", between("", one.place)]))
    words = one.text.split(" ")
    words.insert(dice.randrange(len(words) + 1), word)
    writer.type(one.id, " ".join(words))


@pytest.mark.parametrize("seed", range(3))
def test_twelve_who_write_move_add_and_remove_meet_in_one_text(
    kotim: Region, at: datetime, alya: Account, seed: int
) -> None:
    document = actions.begin(region=kotim, key=KEY, by=None, at=at)
    dice = random.Random(seed)  # noqa: S311 - a quarrel that can be repeated
    writers = [Writer(document, alya, at) for _ in range(12)]
    typed = set()
    for turn, (index, writer) in product(range(8), enumerate(writers)):
        if dice.random() < 0.6 or not writer.seen:
            writer.read()
        turn_of(writer, f"{index:04d}{turn:06d}", f"[{index}.{turn}]", dice)
        typed.add(f"[{index}.{turn}]")
        if dice.random() < 0.7:
            writer.send()
    for writer in writers:
        writer.send()
    for writer in writers:
        writer.read()
    texts = [[(s.id, s.text) for s in w.loom.strands()] for w in writers]
    assert all(text == texts[0] for text in texts)
    everything = " ".join(text for _name, text in texts[0])
    assert {one for one in typed if one not in everything} == set()
    assert server_says(document) == writers[0].says()
    assert Snapshot.objects.filter(document=document).exists()


def test_an_update_sent_twice_is_kept_once(
    document: Document, budi: Account, at: datetime
) -> None:
    one = Writer(document, budi, at)
    one.read()
    one.type(first(document), "Lain.")
    content = one.unsent[0]
    for _ in range(2):
        number = actions.take(document=document, content=content, hand=Hand(budi, at))
    assert number == Update.objects.filter(document=document).count() == 2


def test_nobody_writes_with_the_pen_of_somebody_else(
    document: Document, budi: Account, alya: Account, at: datetime
) -> None:
    one = Writer(document, budi, at)
    one.read()
    one.type(first(document), "Satu.")
    one.send()
    one.type(first(document), "Dua.")
    one.account = alya
    with pytest.raises(NotTaken):
        one.send()


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b"\x01\x01\x05", b"x" * 999])
def test_bytes_that_are_no_update_are_refused(
    document: Document, budi: Account, at: datetime, content: bytes
) -> None:
    with pytest.raises(NotTaken):
        actions.take(document=document, content=content, hand=Hand(budi, at))
    assert Update.objects.filter(document=document).count() == 1


def test_an_update_that_builds_on_what_is_not_here_is_refused(
    document: Document, budi: Account, at: datetime
) -> None:
    one = Writer(document, budi, at)
    one.read()
    one.type(first(document), "Satu.")
    one.type(first(document), "Satu dua.")
    one.unsent.pop(0)
    with pytest.raises(NotTaken) as refused:
        one.send()
    assert refused.value.reason == "incomplete"


def test_what_is_no_paragraph_or_too_long_is_refused(
    document: Document, budi: Account, at: datetime
) -> None:
    for name, text, reason in (
        ("TIDAK BOLEH", "a", "strange"),
        ("a" * 10, "kata " * 4001, "large"),
    ):
        loom = Loom()
        loom.write(name, [(0, 0, text)])
        with pytest.raises(NotTaken) as refused:
            actions.take(document=document, content=loom.since(), hand=Hand(budi, at))
        assert refused.value.reason == reason


def test_a_stale_form_is_merged(
    document: Document, kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    name, base = first(document), keeping.newest(document)
    for who, text in (
        (budi, "Kotawaringin Timur adalah kabupaten di Kalimantan Tengah."),
        (alya, "Kabupaten Kotawaringin Timur adalah kabupaten."),
    ):
        actions.write(
            region=kotim,
            key=KEY,
            paragraph=name,
            text=text,
            base=base,
            hand=Hand(who, at),
        )
    assert server_says(document)[0] == (
        "Kabupaten Kotawaringin Timur adalah kabupaten di Kalimantan Tengah."
    )


def test_words_for_a_paragraph_that_was_taken_out_bring_it_back(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    name, base, hand = first(document), keeping.newest(document), Hand(budi, at)
    actions.arrange(region=kotim, key=KEY, paragraph=name, how="out", hand=hand)
    assert len(server_says(document)) == 1
    actions.write(
        region=kotim, key=KEY, paragraph=name, text="Tetap ada.", base=base, hand=hand
    )
    assert server_says(document)[0] == "Tetap ada."


def test_paragraphs_are_added_moved_and_taken_out(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    hand, name = Hand(budi, at), first(document)

    def arrange(paragraph: str, how: str) -> str:
        return actions.arrange(
            region=kotim, key=KEY, paragraph=paragraph, how=how, hand=hand
        )

    def order() -> list[str]:
        return [one.id for one in keeping.loom_of(document).standing()]

    second = order()[1]
    made = arrange(name, "add")
    assert order() == [name, made, second]
    arrange(made, "down")
    assert order() == [name, second, made]
    arrange(made, "up")
    arrange(made, "up")
    assert order() == [made, name, second]
    arrange(name, "out")
    assert order() == [made, second]
    arrange(name, "back")
    assert order() == [made, second, name]
    last = arrange("", "add")
    assert order()[-1] == last


def test_who_wrote_what_is_told_by_the_sign_in(
    document: Document, budi: Account, alya: Account, at: datetime
) -> None:
    one, two = Writer(document, budi, at), Writer(document, alya, at)
    one.read()
    name = first(document)
    one.type(name, "Kotawaringin Timur 😀 adalah kabupaten.")
    one.send()
    two.read()
    two.type(name, "Kotawaringin Timur 😀 adalah sebuah kabupaten.")
    two.send()
    told = queries.authors(document).paragraphs[0]
    assert [(s.text, s.account) for s in told] == [
        ("Kotawaringin Timur ", None),
        ("😀 ", budi),
        ("adalah ", None),
        ("sebuah ", alya),
        ("kabupaten.", None),
    ]


def test_the_account_of_authors_is_the_same_behind_a_snapshot(
    document: Document, budi: Account, alya: Account, at: datetime
) -> None:
    writers = [Writer(document, who, at) for who in (budi, alya)]
    name = first(document)
    for turn in range(60):
        writer = writers[turn % 2]
        writer.read()
        writer.type(name, f"{writer.loom.text(name)} {turn}")
        writer.send()
    short = queries.authors(document)
    assert Snapshot.objects.filter(document=document).count() == 1
    Snapshot.objects.all().delete()
    assert queries.authors(document) == short
    assert {share.account for share in short.shares} == {None, budi, alya}


def test_an_accepted_suggestion_keeps_its_author_and_what_was_written_since(
    document: Document, kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    name, base = first(document), keeping.newest(document)
    made = actions.suggest(
        region=kotim,
        key=KEY,
        paragraph=name,
        text="Kotawaringin Timur adalah kabupaten terluas kedua.",
        why="Lebih tepat.",
        base=base,
        hand=Hand(alya, at),
    )
    actions.write(
        region=kotim,
        key=KEY,
        paragraph=name,
        text="Kabupaten Kotawaringin Timur adalah kabupaten.",
        base=base,
        hand=Hand(budi, at),
    )
    actions.decide(suggestion=made, accept=True, reason="", hand=Hand(budi, at))
    text = "Kabupaten Kotawaringin Timur adalah kabupaten terluas kedua."
    assert server_says(document)[0] == text
    told = queries.authors(document).paragraphs[0]
    assert any(s.account == alya and "terluas" in s.text for s in told)
    made.refresh_from_db()
    assert made.state == SuggestionState.ACCEPTED
    with pytest.raises(actions.Decided):
        actions.decide(suggestion=made, accept=False, reason="x", hand=Hand(budi, at))


def test_a_new_paragraph_is_suggested_and_stands_as_its_authors(
    document: Document, kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    name = first(document)
    before = server_says(document)

    def wish(text: str) -> Suggestion:
        return actions.suggest_new(
            region=kotim,
            key=KEY,
            wish=actions.NewParagraph(name, text, "Belum ada."),
            hand=Hand(alya, at),
        )

    made, other = wish("Paragraf yang kurang."), wish("Ditolak.")
    assert server_says(document) == before, "nothing stands before it is decided"
    actions.decide(suggestion=made, accept=True, reason="", hand=Hand(budi, at))
    actions.decide(suggestion=other, accept=False, reason="Sudah", hand=Hand(budi, at))
    assert server_says(document) == [before[0], "Paragraf yang kurang.", *before[1:]]
    told = queries.authors(document).paragraphs[1]
    assert [(s.text, s.account) for s in told] == [("Paragraf yang kurang.", alya)]
    with pytest.raises(actions.NothingSaid):
        wish("  ")


def test_a_new_paragraph_behind_one_that_was_taken_out_goes_to_the_end(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    name, hand = first(document), Hand(budi, at)
    wish = actions.NewParagraph(name, "Di akhir.")
    made = actions.suggest_new(region=kotim, key=KEY, wish=wish, hand=hand)
    actions.arrange(region=kotim, key=KEY, paragraph=name, how="out", hand=hand)
    actions.decide(suggestion=made, accept=True, reason="", hand=hand)
    assert server_says(document)[-1] == "Di akhir."


def test_a_refused_suggestion_says_why(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    hand = Hand(budi, at)
    made = actions.suggest(
        region=kotim,
        key=KEY,
        paragraph=first(document),
        text="Lain sekali.",
        why="",
        base=1,
        hand=hand,
    )
    with pytest.raises(Refusal):
        actions.decide(suggestion=made, accept=False, reason=" ", hand=hand)
    actions.decide(suggestion=made, accept=False, reason="Tidak benar.", hand=hand)
    assert Suggestion.objects.get().state == SuggestionState.REJECTED
    with pytest.raises(actions.NothingSaid):
        actions.suggest(
            region=kotim,
            key=KEY,
            paragraph=first(document),
            text=server_says(document)[0],
            why="",
            base=1,
            hand=hand,
        )


def test_comments_are_answered_settled_and_opened_again(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    name = first(document)
    said = actions.comment(
        by=budi, at=at, region=kotim, key=KEY, paragraph=name, text="Dari mana?"
    )
    actions.comment(
        by=budi,
        at=at,
        region=kotim,
        key=KEY,
        paragraph=name,
        text="BPS.",
        answers=said,
    )
    beside = queries.whole(kotim, KEY).paragraphs[0]
    assert [len(one.answers) for one in beside.remarks] == [1]
    actions.resolve(comment=said, by=budi, at=at)
    beside = queries.whole(kotim, KEY).paragraphs[0]
    assert not beside.remarks
    assert len(beside.settled) == 1
    actions.resolve(comment=said, by=budi, at=at)
    assert queries.whole(kotim, KEY).paragraphs[0].waiting == 1
    with pytest.raises(actions.NoParagraph):
        actions.comment(
            by=budi, at=at, region=kotim, key=KEY, paragraph="tidakada1", text="?"
        )


def test_versions_are_frozen_compared_and_brought_back(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    hand, name = Hand(budi, at), first(document)
    FROZEN.clear()
    assert actions.freeze(by=budi, at=at, region=kotim, key=KEY) == 1
    assert [one.text for one in FROZEN] == [queries.text(kotim, KEY)]
    with pytest.raises(actions.NothingNew):
        actions.freeze(by=budi, at=at, region=kotim, key=KEY)
    actions.write(
        region=kotim,
        key=KEY,
        paragraph=name,
        text="Kotawaringin Timur adalah kabupaten luas.",
        base=keeping.newest(document),
        hand=hand,
    )
    actions.arrange(region=kotim, key=KEY, paragraph=name, how="add", hand=hand)
    assert actions.freeze(by=budi, at=at, region=kotim, key=KEY, note="dua") == 2
    new, old = queries.versions(document)
    rows = queries.compared(old, new)
    assert [row.state for row in rows] == ["changed", "new", "same"]
    assert [p.text for p in rows[0].pieces if p.kind == "new"] == [" luas"]
    actions.restore(version=old, hand=hand)
    assert queries.text(kotim, KEY) == old.text
    assert all(row.state == "same" for row in queries.compared(old, None))
    assert Version.objects.count() == 2


def test_the_trail_tells_of_every_deed(
    document: Document, kotim: Region, budi: Account, at: datetime
) -> None:
    actions.comment(
        by=budi, at=at, region=kotim, key=KEY, paragraph=first(document), text="?"
    )
    actions.freeze(by=budi, at=at, region=kotim, key=KEY)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {
        "writing.document.begun",
        "writing.document.commented",
        "writing.document.frozen",
    } <= verbs
