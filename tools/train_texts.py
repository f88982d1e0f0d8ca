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

from ivr.config.settings import ROOT
from ivr.content.examples import Example, learnt_from, read_examples, signature, written_model
from ivr.texts.features import PLACES, features

SEED, FOLDS = 1, 3
STRENGTH = 10.0
LARGEST_BYTE = 127
HEARD = {"danger": 0.97, "stop": 0.97, "ring": 0.93, "no-ring": 0.93}
"""The share of those who mean it that must be heard, where no more than ``MOST_WRONG`` of the
others are taken for it."""
MOST_WRONG = {"danger": 0.06, "stop": 0.05, "ring": 0.05, "no-ring": 0.05}
TOPIC_BAR = 0.2


def main() -> None:
    """Train, tune and write."""
    warnings.filterwarnings("ignore", category=FutureWarning)
    folder = ROOT / "prompts/en/texts"
    examples = learnt_from(read_examples(folder))
    labels = tuple(sorted({label for each in examples for label in each.labels}))
    texts = [each.text for each in examples]
    wanted = np.array([[label in each.labels for label in labels] for each in examples])
    rarity = _rarity(texts)
    places = _matrix(texts, rarity)
    bars = _bars(places, wanted, labels, examples)
    weights, biases = _trained(places, wanted)
    scales = np.abs(weights).max(axis=0) / LARGEST_BYTE
    head = {
        "labels": labels,
        "biases": [round(float(each), 4) for each in biases],
        "scales": [float(f"{each:.4g}") for each in scales],
        "bars": bars,
        "examples": signature(examples),
    }
    made = written_model(
        head, rarity.astype("<f4").tobytes(), np.rint(weights / scales).astype(np.int8).tobytes()
    )
    (folder / "model.bin").write_bytes(made)
    sys.stdout.write(
        f"{len(examples)} examples, {len(labels)} labels, {len(made):,} bytes\n{bars}\n"
    )


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
    return np.array([each.coef_[0] for each in made]).T, np.array(
        [each.intercept_[0] for each in made]
    )


def _one(places: csr_matrix, column: np.ndarray) -> LogisticRegression:
    learner = LogisticRegression(
        C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=SEED
    )
    return learner.fit(places, column)


def _bars(
    places: csr_matrix, wanted: np.ndarray, labels: tuple[str, ...], examples: list[Example]
) -> dict[str, float]:
    """By cross-validation: as many as must be heard are, unless too many others would be too."""
    first = [each.label.split("|")[0].split("/")[0] for each in examples]
    found = {"topic": TOPIC_BAR}
    for label in HEARD:
        column = wanted[:, labels.index(label)]
        likely = np.zeros(len(examples))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        for learnt, tried in folds.split(places, first):
            likely[tried] = _one(places[learnt], column[learnt]).predict_proba(places[tried])[:, 1]
        heard = np.quantile(likely[column], 1 - HEARD[label])
        wrong = np.quantile(likely[~column], 1 - MOST_WRONG[label])
        found[label] = round(float(max(heard, wrong)), 3)
    return found


if __name__ == "__main__":
    main()
