"""Abbreviations that texts explain themselves: "Pajak Bumi dan Bangunan (PBB)".

Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in
Biomedical Text", Pacific Symposium on Biocomputing 2003: the letters of the short form
are looked for in the words before the bracket, from the right, the first of them at the
beginning of a word.
"""

import re
from collections.abc import Iterable

_BRACKET = re.compile(r"\(([^()]{2,60})\)")
_SENTENCE = re.compile(r"[().;:!?\n]")
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
LONGEST = 10
"""Letters in a short form, as the authors chose."""


def abbreviations(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(short, long) as the texts tell them, each pair once, in the order of the short."""
    found = {
        (short.lower(), long.lower()): (short, long)
        for text in texts
        for short, long in _in(text)
    }
    return tuple(found[key] for key in sorted(found))


def _in(text: str) -> Iterable[tuple[str, str]]:
    for match in _BRACKET.finditer(text):
        inside = match[1].split(",")[0].split(";")[0].strip()
        before = _SENTENCE.split(text[: match.start()])[-1].rstrip()
        if _short(inside):
            if long := _long(inside, before):
                yield inside, long
        elif words := _WORD.findall(before):  # "PBB (pajak bumi dan bangunan)"
            last = words[-1]
            if _short(last) and _long(last, inside) == inside:
                yield last, inside


def _short(text: str) -> bool:
    """Two to ten letters in one word, at least two of them capital."""
    return (
        2 <= len(text) <= LONGEST
        and " " not in text
        and text[0].isalnum()
        and sum(letter.isupper() for letter in text) >= 2
    )


def _long(short: str, before: str) -> str:
    """The words at the end of `before` that the short form stands for, or ""."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    words = list(_WORD.finditer(before))
    if not words:
        return ""
    allowed = min(len(letters) + 5, 2 * len(letters))
    start = words[max(0, len(words) - allowed)].start()
    place = len(before)
    for turn, letter in enumerate(reversed(letters), start=1):
        first = turn == len(letters)
        place -= 1
        while place >= start and (
            before[place].lower() != letter
            or (first and place > 0 and before[place - 1].isalnum())
        ):
            place -= 1
        if place < start:
            return ""
    long = before[place:].strip(" -–:,.")
    return long if " " in long and short.lower() not in long.lower().split() else ""
