"""Write docs/texts-report.md: how well texts are understood, on texts that were never learnt from.

Owns that page. It measures with the fifth of the examples that is locked away, and with two tables
that others wrote (``tests/support/texts``).
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ivr import texts
from ivr.config.settings import ROOT
from ivr.content import load
from ivr.content.examples import RENAMED, Example, learnt_from, read_examples
from ivr.texts.questions import questions_of

TODAY = date(2026, 11, 24)
WORST = 10
HEAD = """# How texts are understood

`make texts` writes this page, as of Tuesday 24 November 2026. No text here was learnt from. Labels,
and what to do with a text that was misunderstood: [texts.md](texts.md).
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """One text, what it was understood as, and whether that is right."""

    example: Example
    kinds: tuple[str, ...]
    score: float

    @property
    def wanted(self) -> str:
        """The label that must be there."""
        first = self.example.label.split("|")[0].split("/")[0]
        return RENAMED.get(first, first)

    @property
    def right(self) -> bool:
        """The first label must be done; of several topics any is right."""
        first = self.example.label.split("|")[0]
        if first == "not-danger":
            return "danger" not in self.kinds
        if first == "not-late":
            return "late" not in self.kinds
        if first in ("not-date", "date"):
            return not any(each.startswith("letter:") for each in self.kinds) or first == "date"
        wanted = self.example.labels if first.startswith("topic") else {*first.split("/")}
        found = {"language" if each.startswith("language:") else each for each in self.kinds}
        return bool({RENAMED.get(each, each) for each in found} & set(wanted))


def main() -> None:
    """Measure and write."""
    line = load(ROOT / "prompts")
    examples = read_examples(ROOT / "prompts/en/texts")
    made = questions_of(line.words("en")).classifier

    def judged(rows: Iterable[Example]) -> list[Judged]:
        found = []
        for each in rows:
            scores = made.scores(each.text) if made else {}
            kinds = tuple(texts.kinds(line, texts.asked(line, each.text, TODAY)))
            found.append(Judged(each, kinds, max(scores.values(), default=0.0)))
        return found

    started = time.process_time()
    locked = judged(each for each in examples if each.locked and each.label != "date")
    spent = (time.process_time() - started) / len(locked) / 2
    learnt = len(learnt_from(examples))
    parts = [HEAD, f"{learnt} examples are learnt from, {len(locked)} are locked away."]
    parts.append(f"One text takes {1000 * spent:.0f} ms.\n")
    parts += _section("The locked fifth", locked)
    parts += _section("Texts of another make", judged(_table("texts.tsv")))
    parts += _section("Dates of another make", judged(_table("dates.tsv")))
    (ROOT / "docs/texts-report.md").write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _table(name: str) -> Iterator[Example]:
    rows = (ROOT / "tests/support/texts" / name).read_text(encoding="utf-8").splitlines()
    return (Example(*row.split("\t", 1)) for row in rows)


def _section(title: str, found: list[Judged]) -> Iterator[str]:
    right = sum(each.right for each in found)
    yield f"## {title}\n\n{right} of {len(found)} right ({right / len(found):.0%}).\n"
    calm = [each for each in found if not {"danger"} & each.example.labels]
    alarmed = sum("danger" in each.kinds for each in calm)
    rung = [each for each in found if each.wanted == "no-ring" and "ring" in each.kinds]
    yield f"Taken for danger, and is none: {alarmed} of {len(calm)}."
    yield f"Rung, and wanted no call: {len(rung)}.\n"
    yield from _labels(found)
    yield from _confusion(found)
    yield from _worst(found)


def _labels(found: list[Judged]) -> Iterator[str]:
    rows = defaultdict(list)
    for each in found:
        rows[_group(each.wanted)].append(each)
    yield "| label | right | wrong | menu |\n|---|---|---|---|"
    for label, own in sorted(rows.items()):
        right = sum(each.right for each in own)
        menu = sum(not each.right and each.kinds == ("menu",) for each in own)
        yield f"| {label} | {right} | {len(own) - right - menu} | {menu} |"
    yield ""


def _confusion(found: list[Judged]) -> Iterator[str]:
    counts = Counter((_group(each.wanted), _first(each)) for each in found if not each.right)
    yield "| meant | understood | how often |\n|---|---|---|"
    for (meant, understood), count in counts.most_common(25):
        yield f"| {meant} | {understood} | {count} |"
    yield ""


def _worst(found: list[Judged]) -> Iterator[str]:
    wrong = sorted((each for each in found if not each.right), key=lambda each: -each.score)
    yield "The surest of the wrong ones:\n"
    for each in wrong[:WORST]:
        yield f"- `{each.example.label}` as `{', '.join(each.kinds)}`: {each.example.text}"
    yield ""


def _first(each: Judged) -> str:
    return _group(each.kinds[0]) if each.kinds else "nothing"


def _group(label: str) -> str:
    return label.split(":")[0] if label.startswith("letter") else label


if __name__ == "__main__":
    main()
