"""What is like what: places by their features, texts by their meaning, lists made one.

Places by Gower's coefficient (1971); texts by weighted character n-grams and by topics
(latent semantic analysis, Deerwester et al. 1990); lists by reciprocal rank fusion
(Cormack, Clarke and Büttcher 2009); what a search is worth by recall and nDCG.
"""

from habaring.engines.likeness._abbreviations import abbreviations
from habaring.engines.likeness._fusing import fuse, ndcg_at, recall_at
from habaring.engines.likeness._places import (
    Alike,
    Feature,
    Place,
    PlacesRefused,
    Reason,
    alike,
)
from habaring.engines.likeness._texts import Found, Meaning, Thesaurus, fold, learn

__all__ = [
    "Alike",
    "Feature",
    "Found",
    "Meaning",
    "Place",
    "PlacesRefused",
    "Reason",
    "Thesaurus",
    "abbreviations",
    "alike",
    "fold",
    "fuse",
    "learn",
    "ndcg_at",
    "recall_at",
]
