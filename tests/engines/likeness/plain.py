"""The slow and obvious twins: places by the book, topics by a whole decomposition."""

from math import log

import numpy as np

from habaring.engines.likeness import Feature, Meaning, Place


def likeness(
    feature: Feature, one: Place, other: Place, everyone: list[Place]
) -> float | None:
    """Of two places in one feature; None where one of them is not known."""
    a, b = one.values.get(feature.code), other.values.get(feature.code)
    if a is None or b is None:
        return None
    if isinstance(a, str) or isinstance(b, str):
        left, right = str(a).split("/"), str(b).split("/")
        same = 0
        while (
            same < min(len(left), len(right)) and left[: same + 1] == right[: same + 1]
        ):
            same += 1
        return same / max(len(left), len(right))
    held = [place.values.get(feature.code) for place in everyone]
    known = [float(value) for value in held if value is not None]
    if feature.log:
        a, b, known = log(a), log(b), [log(value) for value in known]
    low, high = np.percentile(known, [5, 95])
    width = high - low or max(known) - min(known)
    if width == 0:
        return 1.0 if a == b else 0.0
    return max(0.0, 1 - abs(a - b) / width)


def alike(
    own: str, everyone: list[Place], features: list[Feature]
) -> list[tuple[str, float, float, float]]:
    """(code, score, low, high) of every other place, the most alike first."""
    mine = next(place for place in everyone if place.code == own)
    others = [place for place in everyone if place.code != own]
    told = {
        (other.code, feature.code): likeness(feature, mine, other, everyone)
        for other in others
        for feature in features
    }
    whole = sum(feature.weight for feature in features)
    rows = []
    for other in others:
        score = low = high = 0.0
        for feature in features:
            share = feature.weight / whole
            value = told[other.code, feature.code]
            asked = [told[one.code, feature.code] for one in others]
            of_all = [one for one in asked if one is not None]
            mean = sum(of_all) / len(of_all) if of_all else 0.5
            score += share * (mean if value is None else value)
            low += share * (0.0 if value is None else value)
            high += share * (1.0 if value is None else value)
        rows.append((other.code, score, low, high))
    return sorted(rows, key=lambda row: (-round(row[1], 9), row[0]))


def topic_scores(
    meaning: Meaning, topics: int, place: int
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The cosines of a learned text with all of them, by numpy's whole SVD."""
    matrix = np.zeros((meaning.texts, len(meaning.columns)))
    for feature, column in meaning.columns.items():
        held, weights = meaning.postings[feature]
        matrix[held, column] = weights
    left, strength, _right = np.linalg.svd(matrix, full_matrices=False)
    there = left[:, :topics] * strength[:topics]
    there /= np.linalg.norm(there, axis=1, keepdims=True)
    return np.asarray(there @ there[place])
