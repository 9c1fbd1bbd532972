"""Texts by meaning: weighted character n-grams, and topics learned from the texts.

A text is its words, what the short ones among them stand for, the runs of three to five
characters inside them (so that "pelayanan" and "layanan" meet) and the concepts of a
thesaurus whose words it holds.
Weights are sublinear tf times idf (Salton and Buckley 1988), each text of length one.
Topics are the first singular vectors of that matrix: latent semantic analysis,
Deerwester et al., JASIS 41 (1990). Nothing is downloaded and nothing is random.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Any

GRAMS = (3, 4, 5)
WORD_WEIGHT = 2.0
CONCEPT_WEIGHT = 4.0
TOPIC_FEATURES = 8192
_APART = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Small letters without accents, words apart by one space."""
    plain = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return _APART.sub(" ", letters).strip()


@dataclass(frozen=True)
class Thesaurus:
    """Groups of words and phrases that mean the same, in whatever language.

    `silent` are words that tell nothing (and, dan, the, yang); `short` says what an
    abbreviation stands for (pbb → pajak bumi dan bangunan).
    """

    groups: tuple[tuple[str, ...], ...] = ()
    silent: frozenset[str] = frozenset()
    short: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, tuple[str, ...]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        known: dict[str, list[str]] = {}
        for number, group in enumerate(self.groups):
            for phrase in group:
                known.setdefault(fold(phrase), []).append(f"#{number}")
        kept = {phrase: tuple(codes) for phrase, codes in known.items()}
        object.__setattr__(self, "concepts", kept)

    def words(self, text: str) -> list[str]:
        """The words of a text, each abbreviation followed by what it stands for."""
        told: list[str] = []
        for word in fold(text).split():
            told.append(word)
            told += fold(self.short.get(word, "")).split()
        return told

    def explained(self, pairs: Iterable[tuple[str, str]]) -> "Thesaurus":
        """With what texts say of their abbreviations; the first word on one holds."""
        learned = {fold(short): long for short, long in pairs if " " not in fold(short)}
        return Thesaurus(self.groups, self.silent, {**learned, **self.short})

    def of(self, words: Sequence[str]) -> list[str]:
        """The concepts that a text holds: phrases of up to three words."""
        found: list[str] = []
        for start in range(len(words)):
            for length in (3, 2, 1):
                phrase = " ".join(words[start : start + length])
                found += self.concepts.get(phrase, ())
        return found


@dataclass(frozen=True)
class Found:
    """One text and its cosine (0 to 1) with what was asked."""

    place: int
    score: float


@dataclass(frozen=True)
class Meaning:
    """What was learned. `grams` and `topics` rank the texts, best first."""

    thesaurus: Thesaurus
    texts: int
    idf: Mapping[str, float]
    postings: Mapping[str, tuple[Any, Any]]  # numpy: the texts that hold it, weights
    columns: Mapping[str, int]  # the features that topics are learned from
    basis: Any  # numpy, a row a column, a column a topic
    places: Any  # numpy, a row a text, a column a topic; rows of length one

    def grams(self, text: str, *, least: float = 0.0) -> list[Found]:
        """Texts by the weights that they share with this one."""
        import numpy as np

        scores = np.zeros(self.texts)
        for feature, weight in self._weights(text).items():
            held, weights = self.postings[feature]
            scores[held] += weight * weights
        return _ranked(scores, least)

    def topics(self, text: str, *, least: float = 0.0) -> list[Found]:
        """Texts by the direction in which their topics point."""
        import numpy as np

        folded = np.zeros(self.basis.shape[1])
        for feature, weight in self._weights(text).items():
            if feature in self.columns:
                folded += weight * self.basis[self.columns[feature]]
        length = float(np.sqrt(folded @ folded))
        if length < 1e-12:
            return []
        return _ranked(self.places @ (folded / length), least)

    def _weights(self, text: str) -> dict[str, float]:
        return _weighed(_features(text, self.thesaurus), self.idf)


def learn(
    texts: Sequence[str],
    *,
    thesaurus: Thesaurus | None = None,
    topics: int = 64,
    held_by: int = 1,
) -> Meaning:
    """Learn weights and topics from texts; a feature in fewer than `held_by` is dropped.

    Topics are at most as many as the texts. No texts give a model that finds nothing.
    """
    words = thesaurus or Thesaurus()
    counted = [_features(text, words) for text in texts]
    held = Counter(feature for one in counted for feature in one)
    idf = {
        feature: log((1 + len(texts)) / (1 + times)) + 1
        for feature, times in sorted(held.items())
        if times >= held_by
    }
    weighed = [_weighed(one, idf) for one in counted]
    postings = _postings(weighed)
    columns = _columns(postings)
    basis, places = _topics(_dense(weighed, columns), topics)
    return Meaning(words, len(texts), idf, postings, columns, basis, places)


def _weighed(
    counted: Mapping[str, float], idf: Mapping[str, float]
) -> dict[str, float]:
    """Weights of length one; what is not known is left out."""
    raw = {one: times * idf[one] for one, times in counted.items() if one in idf}
    length = sqrt(sum(weight * weight for weight in raw.values()))
    return {one: weight / length for one, weight in raw.items()}


def _postings(weighed: Sequence[Mapping[str, float]]) -> dict[str, tuple[Any, Any]]:
    import numpy as np

    found: dict[str, tuple[list[int], list[float]]] = {}
    for place, one in enumerate(weighed):
        for feature, weight in one.items():
            texts, weights = found.setdefault(feature, ([], []))
            texts.append(place)
            weights.append(weight)
    return {
        feature: (np.array(texts), np.array(weights))
        for feature, (texts, weights) in found.items()
    }


def _columns(postings: Mapping[str, tuple[Any, Any]]) -> dict[str, int]:
    """The features that carry most: topics need no more."""
    mass = {one: float(weights @ weights) for one, (_t, weights) in postings.items()}
    most = sorted(mass, key=lambda one: (-mass[one], one))[:TOPIC_FEATURES]
    return {feature: place for place, feature in enumerate(sorted(most))}


def _dense(weighed: Sequence[Mapping[str, float]], columns: Mapping[str, int]) -> Any:
    import numpy as np

    matrix = np.zeros((len(weighed), len(columns)))
    for row, one in enumerate(weighed):
        for feature, weight in one.items():
            if feature in columns:
                matrix[row, columns[feature]] = weight
    return matrix


def _topics(matrix: Any, wanted: int) -> tuple[Any, Any]:
    """The right singular vectors by the eigenvectors of the texts' own products, and
    the texts' places among them.
    """
    import numpy as np

    texts, features = matrix.shape
    squares, left = np.linalg.eigh(matrix @ matrix.T)
    order = np.argsort(-squares, kind="stable")[: min(wanted, texts)]
    order = order[squares[order] > 1e-9]
    if not len(order):
        return np.zeros((features, 0)), np.zeros((texts, 0))
    strength = np.sqrt(squares[order])
    basis = matrix.T @ (left[:, order] / strength)
    places = left[:, order] * strength
    lengths = np.sqrt((places**2).sum(axis=1, keepdims=True))
    lengths[lengths < 1e-12] = 1.0
    return basis, places / lengths


def _features(text: str, thesaurus: Thesaurus) -> dict[str, float]:
    """Words, runs of characters and concepts, each with its sublinear count."""
    words = thesaurus.words(text)
    times: Counter[str] = Counter()
    for word in words:
        if word in thesaurus.silent:
            continue
        times[f"={word}"] += 1
        times.update(_runs(word))
    times.update(thesaurus.of(words))
    return {
        feature: (1 + log(count)) * _worth(feature) for feature, count in times.items()
    }


def _runs(word: str) -> Iterable[str]:
    edged = f" {word} "
    for length in GRAMS:
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]


def _worth(feature: str) -> float:
    """A whole word says more than one run of it, a concept more than a word."""
    if feature.startswith("#"):
        return CONCEPT_WEIGHT
    return WORD_WEIGHT if feature.startswith("=") else 1.0


def _ranked(scores: Any, least: float) -> list[Found]:
    found = [
        Found(place, float(score))
        for place, score in enumerate(scores)
        if score > max(least, 1e-9)
    ]
    return sorted(found, key=lambda one: (-round(one.score, 9), one.place))
