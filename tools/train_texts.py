"""Make the classifier of texts from its examples: ``prompts/en/texts/model.bin``.

Owns the training and the bars of each wish. Needs scikit-learn (the extra "dev"), which the line
itself does not. A fifth of the examples, chosen by the hash of the text, is never learnt from
(``ivr.content.examples``): ``make texts`` measures with it.
"""

from __future__ import annotations

import sys
import warnings

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from ivr.config.settings import ROOT
from ivr.content.examples import (
    Example,
    learnt_from,
    read_examples,
    signature,
    written_model,
)
from ivr.texts.features import PLACES, features

SEED, FOLDS = 1, 3
STRENGTH, STRENGTH_WEIGHED = 1.0, 0.2
LARGEST_BYTE = 127
HEARD = {"danger": 0.97, "stop": 0.97, "ring": 0.93, "no-ring": 0.96}
"""The share of those who mean it that must be heard, where no more than ``MOST_WRONG`` of the
others are taken for it."""
MOST_WRONG = {"danger": 0.08, "stop": 0.05, "ring": 0.05, "no-ring": 0.08}
REST_BAR = 0.2
REST = ("late", "language", "picture", "thanks", "menu", "date", "not-danger", "not-late")
WRONG_TOPICS = 0.12
"""The share of texts about a topic that may get another one: the menu harms less."""


def main() -> None:
    """Train, tune and write."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    folder = ROOT / "prompts/en/texts"
    examples = learnt_from(read_examples(folder))
    head, rarity, weights = learned(examples)
    made = written_model(head, rarity, weights)
    (folder / "model.bin").write_bytes(made)
    sys.stdout.write(f"{len(examples)} examples, {len(made):,} bytes\n{head['bars']}\n")


def learned(examples: list[Example]) -> tuple[dict[str, object], bytes, bytes]:
    """The head of a classifier, how much each place tells, and the weights."""
    labels = tuple(sorted({label for each in examples for label in each.labels}))
    texts = [each.text for each in examples]
    wanted = np.array([[label in each.labels for label in labels] for each in examples])
    rarity = _rarity(texts)
    places = _matrix(texts, rarity)
    first = [each.label.split("|")[0].split("/")[0] for each in examples]
    tried = _tried(places, wanted, first)
    slopes, shifts = _likely(tried, wanted)
    bars = _bars(1 / (1 + np.exp(-tried * slopes - shifts)), wanted, labels, first)
    weights, biases = _trained(places, wanted)
    weights, biases = weights * slopes, biases * slopes + shifts
    scales = np.abs(weights).max(axis=0) / LARGEST_BYTE
    head = {
        "labels": labels,
        "biases": [round(float(each), 4) for each in biases],
        "scales": [float(f"{each:.4g}") for each in scales],
        "bars": bars,
        "examples": signature(examples),
    }
    packed = np.rint(weights / scales).astype(np.int8).tobytes()
    return head, rarity.astype("<f4").tobytes(), packed


def _rarity(texts: list[str]) -> np.ndarray:
    found = np.zeros(PLACES)
    level = np.ones(PLACES)
    for text in texts:
        found[list(features(text, level))] += 1
    return np.round(np.log((1 + len(texts)) / (1 + found)) + 1, 3)


def _matrix(texts: list[str], rarity: np.ndarray) -> csr_matrix:
    rows = [features(text, rarity) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([list(row.values()) for row in rows])
    places = np.concatenate([list(row) for row in rows]).astype(int)
    return csr_matrix((values, places, ends), shape=(len(texts), PLACES))


def _trained(places: csr_matrix, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    made = [_one(places, column) for column in wanted.T]
    return np.array([weights for weights, _ in made]).T, np.array([bias for _, bias in made])


def _one(places: csr_matrix, column: np.ndarray) -> tuple[np.ndarray, float]:
    """The mean of two: by the places as they are, and by how much likelier each is in texts that
    mean the label (Wang and Manning, 2012). Together they take fewer others for danger."""
    shares = [_share(places[column]), _share(places[~column])]
    likelier = np.log(shares[0] / shares[1])
    plain = _machine(STRENGTH).fit(places, column)
    weighed = _machine(STRENGTH_WEIGHED).fit(places.multiply(likelier).tocsr(), column)
    weights = plain.coef_[0] + weighed.coef_[0] * likelier
    return weights / 2, float(plain.intercept_[0] + weighed.intercept_[0]) / 2


def _share(places: csr_matrix) -> np.ndarray:
    """In which share of texts each place stands, and no share is nothing."""
    found = 1 + np.asarray((places > 0).sum(axis=0)).ravel()
    return found / found.sum()


def _machine(strength: float) -> LinearSVC:
    return LinearSVC(C=strength, class_weight="balanced", random_state=SEED)


def _tried(places: csr_matrix, wanted: np.ndarray, first: list[str]) -> np.ndarray:
    """What each text is given by those that did not learn from it."""
    found = np.zeros(wanted.shape)
    for learnt, tried in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(
        places, first
    ):
        weights, biases = _trained(places[learnt], wanted[learnt])
        found[tried] = places[tried] @ weights + biases
    return found


def _likely(tried: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What makes likelihoods of what was given (Platt's scaling), for each label."""
    made = [
        LogisticRegression(C=100.0).fit(each[:, None], column)
        for each, column in zip(tried.T, wanted.T, strict=True)
    ]
    return (
        np.array([each.coef_[0, 0] for each in made]),
        np.array([each.intercept_[0] for each in made]),
    )


def _bars(
    likely: np.ndarray, wanted: np.ndarray, labels: tuple[str, ...], first: list[str]
) -> dict[str, float]:
    """As many as must be heard are, unless too many others would be too."""
    found = dict.fromkeys(REST, REST_BAR)
    for label in HEARD:
        at = labels.index(label)
        meant = wanted[:, at]
        heard = np.quantile(likely[meant, at], 1 - HEARD[label])
        wrong = np.quantile(likely[~meant, at], 1 - MOST_WRONG[label])
        found[label] = round(float(max(heard, wrong)), 3)
    return {"topic": _topic_bar(likely, wanted, labels, first), **found}


def _topic_bar(
    likely: np.ndarray, wanted: np.ndarray, labels: tuple[str, ...], first: list[str]
) -> float:
    """From where on no more than ``WRONG_TOPICS`` get another topic."""
    rows = np.array([each.startswith("topic:") for each in first])
    open_to = np.array([label not in HEARD for label in labels])
    scores = np.where(open_to, likely, 0)[rows]
    best = scores.argmax(axis=1)
    wrong = np.where(wanted[rows, best], 0, scores.max(axis=1))
    return round(float(np.quantile(wrong, 1 - WRONG_TOPICS)), 3)


if __name__ == "__main__":
    main()
