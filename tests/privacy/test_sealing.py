"""What is sealed is read only whole, in its place and with its key."""

import stat
from pathlib import Path

import pytest

from habaring.shared import sealing
from habaring.shared.nik import NikRefused, mask_nik, read_nik

NIK = "6202065001900001"  # a woman's: 10 + 40


@pytest.fixture(autouse=True)
def ring(settings: object, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]
    return tmp_path / "personal-key"


def test_a_sealed_text_opens_again_and_never_looks_the_same_twice() -> None:
    one, two = sealing.seal(NIK), sealing.seal(NIK)
    assert one != two
    assert NIK.encode() not in one
    assert sealing.open_sealed(one) == sealing.open_sealed(two) == NIK


def test_the_key_lies_in_a_private_file(ring: Path) -> None:
    sealing.seal("x")
    assert stat.S_IMODE(ring.stat().st_mode) == 0o600
    assert [one.name for one in ring.parent.iterdir()] == ["personal-key"]


@pytest.mark.parametrize("place", [1, 5, 12, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(sealing.seal(NIK))
    sealed[place] ^= 1
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(bytes(sealed))


def test_a_seal_belongs_to_its_row() -> None:
    sealed = sealing.seal(NIK, about="row 1")
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(sealed, about="row 2")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02abc", b"\x01\x04abcd123"])
def test_what_was_not_sealed_here_is_refused(sealed: bytes) -> None:
    with pytest.raises(sealing.SealError):
        sealing.open_sealed(sealed)


def test_a_fresh_key_seals_and_the_old_one_still_opens() -> None:
    old, found = sealing.seal(NIK), sealing.keyed_hash(NIK)
    fresh = sealing.add_key()
    assert sealing.current_key() == fresh != sealing.key_of(old)
    assert sealing.open_sealed(old) == NIK
    assert sealing.keyed_hash(NIK) != found
    assert found in sealing.keyed_hashes(NIK)


def test_a_dropped_key_opens_nothing() -> None:
    old = sealing.seal(NIK)
    sealing.add_key()
    assert sealing.drop_old_keys() == [sealing.key_of(old)]
    with pytest.raises(sealing.SealError, match="not on the ring"):
        sealing.open_sealed(old)


def test_the_hash_needs_the_key(settings: object) -> None:
    here = sealing.keyed_hash(NIK)
    settings.PERSONAL_DATA_KEY = sealing.new_entry()  # type: ignore[attr-defined]
    assert sealing.keyed_hash(NIK) != here


@pytest.mark.parametrize("ring", ["a", "a:b", "a:c2hvcnQ=", ":", ","])
def test_a_ring_that_cannot_be_read_is_told(settings: object, ring: str) -> None:
    settings.PERSONAL_DATA_KEY = ring  # type: ignore[attr-defined]
    with pytest.raises(sealing.KeyRingError):
        sealing.seal("x")


def test_a_ring_of_the_environment_is_not_changed_here(settings: object) -> None:
    settings.PERSONAL_DATA_KEY = sealing.new_entry()  # type: ignore[attr-defined]
    with pytest.raises(sealing.KeyRingError):
        sealing.add_key()
    with pytest.raises(sealing.KeyRingError):
        sealing.drop_old_keys()


@pytest.mark.parametrize(
    "text", ["6202061001900001", NIK, "62.02.06.290204.0001", "6202067101040001"]
)
def test_a_nik_is_read_as_people_write_it(text: str) -> None:
    assert len(read_nik(text)) == 16


@pytest.mark.parametrize(
    "text",
    [
        "620206100190001",  # 15 digits
        "62020610019000011",
        "620206320190000I",
        "6202063201900001",  # day 32
        "6202064001900001",  # day 40
        "6202067201900001",  # day 72
        "6202061013900001",  # month 13
        "6202063002900001",  # 30 February
        "6202062902010001",  # 1901 and 2001 have no such day
        "6202061001900000",  # no running number
        "0002061001900001",
        "6202001001900001",
        "٦٢٠٢٠٦١٠٠١٩٠٠٠٠١",
    ],
)
def test_what_cannot_be_a_nik_is_refused(text: str) -> None:
    with pytest.raises(NikRefused):
        read_nik(text)


def test_an_example_may_not_carry_a_number_that_could_be_somebodys() -> None:
    assert read_nik("6202069901900001", illustrative=True)
    with pytest.raises(NikRefused):
        read_nik(NIK, illustrative=True)


def test_a_nik_is_masked() -> None:
    assert mask_nik("6202065001900001") == "6202**********01"
    assert mask_nik("") == "*" * 16
