"""The examples that teach the line what texts ask for, and the classifier made from them.

Owns both kinds of files. Examples are lines of label, tab, text; several labels are joined by "|"
(all are meant, the first above all) or "/" (any is right).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ivr.config.settings import ROOT
from ivr.texts.classifier import Classifier
from ivr.texts.features import PLACES

MODEL = "model.bin"
LOCKED = 5
"""One text in so many is never learnt from."""
RENAMED = {"topic:exclusion": "topic:out-of-school"}
"""Labels by the names that they had in older examples."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its label as it is written."""

    label: str
    text: str

    @property
    def labels(self) -> frozenset[str]:
        """Every label of it."""
        found = (each for part in self.label.split("|") for each in part.split("/"))
        return frozenset(RENAMED.get(each, each) for each in found)

    @property
    def locked(self) -> bool:
        """Whether it is kept for measuring, by the hash of its words."""
        words = " ".join(self.text.casefold().split())
        return int(hashlib.sha256(words.encode()).hexdigest(), 16) % LOCKED == 0


def read_examples(folder: Path) -> list[Example]:
    """Every example of a language, each text once."""
    found: dict[str, Example] = {}
    for file in sorted(folder.glob("*.tsv")):
        for row in file.read_text(encoding="utf-8").splitlines():
            label, tab, text = row.partition("\t")
            if tab and not row.startswith("#"):
                found.setdefault(text.strip().casefold(), Example(label.strip(), text.strip()))
    return list(found.values())


def learnt_from(examples: Iterable[Example]) -> list[Example]:
    """Those that are not locked away."""
    return [each for each in examples if not each.locked]


def signature(examples: Sequence[Example]) -> str:
    """By what a classifier is known to be made from these."""
    rows = sorted(f"{each.label}\t{each.text}" for each in examples)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def written_model(head: Mapping[str, object], rarity: bytes, weights: bytes) -> bytes:
    """A classifier as a file: a line of JSON, then its figures, packed."""
    return json.dumps(head).encode() + b"\n" + zlib.compress(rarity + weights, 9)


def classifier_of(root: Path | None, lang: str) -> Classifier | None:
    """The classifier of a language: that of its content folder, or the one that the program came
    with. An edition has words alone: what people mean by theirs does not change with it."""
    own = _model(root / lang / "texts") if root else None
    return own or _model(ROOT / "prompts" / lang / "texts")


def _model(folder: Path) -> Classifier | None:
    file = folder / MODEL
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else None


@lru_cache(maxsize=4)
def _read(file: Path, changed: int) -> Classifier:
    line, _, packed = file.read_bytes().partition(b"\n")
    head, figures = json.loads(line), zlib.decompress(packed)
    rarity = array("f", figures[: 4 * PLACES])
    return Classifier(
        labels=tuple(head["labels"]),
        biases=tuple(head["biases"]),
        scales=tuple(head["scales"]),
        bars=head["bars"],
        rarity=memoryview(rarity),
        weights=memoryview(figures[4 * PLACES :]).cast("b"),
        examples=head["examples"],
    )
