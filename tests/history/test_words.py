"""Each verb has a sentence, each watched table a word."""

import re
from pathlib import Path

import pytest

import habaring
from habaring.history.watched import WATCHED, Watch, label_of
from habaring.history.words import DOMAINS, SENTENCES

PACKAGE = Path(habaring.__file__).parent
DOMAIN = r"(?:api|assessment|config|council|history|masterplan|people|portfolio|posts|privacy|regions)"


def verbs() -> tuple[set[str], set[str]]:
    """The verbs that stand in code, whole; and the beginnings of those put together."""
    whole, begun = set(), set()
    for path in PACKAGE.rglob("*.py"):
        if path.parts[-2] == "history" or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        whole |= set(re.findall(r'verb="([a-z_]+\.[a-z_.]+)"', text))
        whole |= set(
            re.findall(rf'_(?:record|audit)\(\s*"({DOMAIN}\.[a-z_]+\.[a-z_]+)"', text)
        )
        begun |= set(re.findall(r'verb=f"([a-z_.]+)\{', text))
    short = {verb for verb in whole if verb.split(".")[0] not in DOMAINS}
    return whole - short, begun


def test_every_verb_has_its_sentence() -> None:
    whole, begun = verbs()
    assert len(whole) > 40
    assert sorted(whole - set(SENTENCES)) == [], (
        "write their sentences in history/words.py"
    )
    assert [
        one for one in sorted(begun) if not any(v.startswith(one) for v in SENTENCES)
    ] == []


def test_every_domain_of_a_verb_has_a_word() -> None:
    assert {verb.split(".")[0] for verb in SENTENCES} == set(DOMAINS)


@pytest.mark.parametrize("watch", WATCHED, ids=lambda watch: watch.model)
def test_every_watched_table_has_a_word(watch: Watch) -> None:
    assert (
        str(label_of(watch.table))
        == str(label_of(watch.model.lower()))
        == str(watch.label)
    )


def test_a_table_without_a_word_is_called_by_its_name() -> None:
    assert label_of("x_y") == "x_y"
