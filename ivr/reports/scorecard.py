"""The score card: how the line stands with its rules, as a page that a manager can read.

Owns the page and what is counted on it. Finds nothing itself: findings come from the checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from ivr.content.checks import RULES, Evidence, Finding
from ivr.content.checks.pieces import Piece
from ivr.content.checks.reading import grade, words_of
from ivr.line.call import Speed
from ivr.reports.pages import rendered
from ivr.speech.figures import words_a_minute
from ivr.speech.library import Library
from ivr.speech.manifest import read_library
from ivr.texts import segments

GROUPS = {
    "Facts and recordings": ("FACTS", "LIMITS", "CLIPS"),
    "Shape of a call": tuple(f"R{n:02}" for n in range(1, 10)),
    "Keys": (*(f"R{n:02}" for n in range(10, 19)), "R61", "R62"),
    "Words": (*(f"R{n:02}" for n in range(19, 31)), "R63"),
    "Time, silence, mistakes": tuple(f"R{n:02}" for n in range(31, 41)),
    "Numbers and typing": tuple(f"R{n:02}" for n in range(41, 47)),
    "People and languages": (*(f"R{n:02}" for n in range(47, 54)), "LANG"),
    "Sound": tuple(f"R{n:02}" for n in range(54, 58)),
    "Text messages": ("R58", "R59", "R60"),
    "What it costs": ("C1", "C2", "C3", "C4"),
}
STANDS = {"ivr check": "held", "ivr callers": "callers", "make test": "tests"}
FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, and what it should be."""

    name: str
    value: str
    goal: str
    held: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that belong together: how many hold, and what each says."""

    name: str
    rules: tuple[tuple[str, str, str], ...]
    """Name, what it says, and how it stands: held, broken, or shown by callers or tests."""

    @property
    def broken(self) -> int:
        """How many are broken."""
        return sum(stands == "broken" for _, _, stands in self.rules)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One piece of wording, as it is measured. ``prompts``: each speed and its file."""

    words: str
    where: str
    count: int
    grade: str
    seconds: str
    rate: str
    prompts: tuple[tuple[str, str], ...]


def html(e: Evidence, findings: list[Finding], audio: Path, page: Path, pence: int) -> str:
    """The page. ``page`` is where it will lie: recordings are named from there.

    ``pence``: about what one part of a text costs.
    """
    library = read_library(audio)
    broken = {finding.rule for finding in findings if finding.level == "must"}
    return rendered(
        "scorecard.html",
        line=e.line,
        findings=sorted(findings, key=lambda finding: finding.level),
        broken=broken,
        groups=[_group(name, rules, broken) for name, rules in GROUPS.items()],
        figures=list(_figures(e, findings)),
        sections=list(_sections(e, library, relpath(audio, page.parent))),
        texts=list(_texts(e, pence)),
        pence=pence,
    )


def _group(name: str, rules: tuple[str, ...], broken: set[str]) -> Group:
    found = []
    for each in (each for each in rules if each in RULES):
        stands = "broken" if each in broken else STANDS[RULES[each].shown]
        found.append((each, RULES[each].says, stands))
    return Group(name, tuple(found))


def _figures(e: Evidence, findings: list[Finding]) -> Iterator[Figure]:
    """The few numbers that tell most."""
    unspoken = sum(finding.rule == "FACTS" for finding in findings)
    spoken = len(e.line.facts) - unspoken
    total = str(len(e.line.facts))
    yield Figure("Facts that callers can hear", f"{spoken} of {total}", "all", not unspoken)
    first = e.line.languages[0]
    seconds = e.seconds(e.before_choices(first), first)
    yield Figure("Seconds to the first choice", f"{seconds:.1f}", "at most 12", seconds <= 12)
    english = [piece.text for piece in e.kind("part", "summary") if piece.lang.startswith("en")]
    hard = grade(" ".join(english))
    yield Figure("Reading grade of the advice", f"{hard:.1f}", "at most 4", hard <= 4)
    parts = [(e.prompts.get((p.lang, "normal", p.text)), p) for p in e.kind("part")]
    longest = max((prompt.seconds for prompt, _ in parts if prompt), default=0.0)
    yield Figure("Seconds of the longest part", f"{longest:.0f}", "at most 35", longest <= 35)
    units_all = sum(len(e.line.units(lang)) for lang in e.line.languages)
    recorded = sum(
        (lang, "normal", u) in e.prompts for lang in e.line.languages for u in e.line.units(lang)
    )
    yield Figure("Sentences recorded", f"{recorded} of {units_all}", "all", recorded == units_all)


def _sections(e: Evidence, library: Library, folder: str) -> Iterator[tuple[str, list[ScoreRow]]]:
    """What is said, topic by topic, then the menus and the line's own sentences."""
    for lang, name, file, topic in e.topics():
        pieces = [
            p for p in e.kind("part", "summary") if (p.lang, p.name, p.file) == (lang, name, file)
        ]
        pieces.sort(key=lambda piece: piece.kind)
        yield topic.name[:1].upper() + topic.name[1:], [_row(e, p, library, folder) for p in pieces]
    for title, kinds in (("Menus", ("help", "question")), ("The line itself", ("phrase",))):
        pieces = [p for p in e.spoken if p.kind in kinds]
        yield title, [_row(e, piece, library, folder) for piece in pieces]


def _row(e: Evidence, piece: Piece, library: Library, folder: str) -> ScoreRow:
    prompt = e.prompts.get((piece.lang, "normal", piece.text))
    count = len(words_of(piece.text))
    rate = words_a_minute(piece.text, prompt.span) if prompt else 0.0
    return ScoreRow(
        words=piece.text,
        where=f"{piece.file}, line {e.where(piece.file, *piece.path)}",
        count=count,
        grade=f"{grade(piece.text):.1f}" if piece.kind in ("part", "summary", "help") else "",
        seconds=f"{prompt.seconds:.0f}" if prompt else "",
        rate=f"{rate:.0f}" if rate and count > FEW_WORDS else "",
        prompts=tuple(_players(piece, library, folder)),
    )


def _players(piece: Piece, library: Library, folder: str) -> Iterator[tuple[str, str]]:
    speeds: tuple[tuple[Speed, str], ...] = (("normal", "usual speed"), ("slow", "slower"))
    for speed, name in speeds:
        prompt = library.find(piece.lang, speed, piece.text)
        if prompt:
            yield name, f"{folder}/{prompt.path}"


def _texts(e: Evidence, pence: int) -> Iterator[tuple[str, str, int, int, int]]:
    """Each text: its topic, its words, characters, parts and pence."""
    for _, _, _, topic in e.topics():
        parts = segments(topic.text)
        yield topic.name, topic.text, len(topic.text), parts, parts * pence
