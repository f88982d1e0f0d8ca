"""What a text is about, as its examples teach it: one sum for each label.

Owns that sum (a linear classifier, one label against all others). The figures are worked out when
the content is built (``tools/train_texts.py``) and handed in: nothing here reads a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.texts.features import features


@dataclass(frozen=True, slots=True)
class Classifier:
    """``weights``: for each place of ``features`` one signed byte a label; ``scales`` make numbers
    of them. ``rarity``: for each place how much it tells. ``bars``: from which score on a label is
    taken for meant. ``examples``: a hash of the texts that it was made from.
    """

    labels: tuple[str, ...]
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    bars: Mapping[str, float]
    rarity: memoryview
    weights: memoryview
    examples: str = ""

    def scores(self, text: str) -> dict[str, float]:
        """How likely each label is, from 0 to 1."""
        width = len(self.labels)
        sums = [0.0] * width
        for place, value in features(text, self.rarity).items():
            row = self.weights[place * width : (place + 1) * width].tolist()
            sums = [total + value * weight for total, weight in zip(sums, row, strict=True)]
        each = zip(self.labels, sums, self.scales, self.biases, strict=True)
        return {label: _likely(total * scale + bias) for label, total, scale, bias in each}

    def bar(self, label: str) -> float:
        """From which score on this label is taken for meant."""
        return self.bars.get(label, self.bars["topic"])


def _likely(total: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))
