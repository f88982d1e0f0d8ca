"""The rule about further languages (LANG): what callers do not hear in theirs, and why."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, Level
from ivr.content.translation import Lack, Why

FEW = 5
HEARD = "Callers hear the first language until they are translated and signed."
SAID: Mapping[Why, tuple[str, str, Level]] = {
    "missing": ("not translated", HEARD, "should"),
    "stale": ("older than the first language", HEARD, "should"),
    "unfit": ("not fit to be said", HEARD, "should"),
    "unknown": ("not in the first language", "Take them out, or mend their names.", "should"),
    "draft": ("not signed", "Have them signed, or take the language out of line.yaml.", "must"),
}
"""What is said of sentences that callers do not hear, what to do, and whether the check fails."""


def lang_signed(e: Evidence) -> Findings:
    """A further language is switched on only with every sentence signed; what it lacks is named.

    Callers hear a sentence that is missing, or older than that of the first language, in the first
    language, after one honest sentence. Without the pieces of dates and numbers, and the phrases
    that are filled in, a language is off; without each of its few sentences, a doorway is.

    Source: our own; nobody may hear as law what nobody qualified has read.
    Right: languages: {en: …, ro: …}, and ro/signed.yaml with every sentence of ro
    Wrong: a translation that a machine made yesterday, switched on
    """
    for lang, lacks in e.lacks.items():
        if lang in e.line.shut:
            yield _shut(e, lang, lacks)
            continue
        if lang not in e.line.languages:
            line = e.where("line.yaml", "languages", lang)
            what = f"“{lang}” is off: it lacks sentences that it cannot do without"
            do = f"See: ivr language status {lang}. Until then callers are not offered it."
            yield Finding("line.yaml", line, "LANG", what, do, "should")
        for (why, file), some in groupby(sorted(lacks, key=_kind), _kind):
            yield _finding(e, f"{lang}/{file}", why, list(some))


def _shut(e: Evidence, lang: str, lacks: tuple[Lack, ...]) -> Finding:
    """A doorway is refused as a whole: half of it would lead a caller on, and then be silent."""
    named = ", ".join(f"{_named(each)} ({each.says or SAID[each.why][0]})" for each in lacks)
    what = f"the doorway “{lang}” is off, as these of its sentences are not signed: {named}"
    do = f"Have them signed (ivr language status {lang}), or take it out of line.yaml."
    return Finding("line.yaml", e.where("line.yaml", "doorways", lang), "LANG", what, do, "must")


def _finding(e: Evidence, file: str, why: Why, some: list[Lack]) -> Finding:
    told, do, level = SAID[why]
    line = e.where(file, *some[0].path)
    if why in ("draft", "unfit"):
        named = (f"{_named(each)} ({each.says})" for each in some[:FEW])
    else:
        named = (_named(each) for each in some[:FEW])
    more = f" and {len(some) - FEW} more" if len(some) > FEW else ""
    return Finding(file, line, "LANG", f"{told}: {', '.join(named)}{more}", do, level)


def _kind(lack: Lack) -> tuple[Why, str]:
    return lack.why, lack.file


def _named(lack: Lack) -> str:
    return ".".join(map(str, lack.path)) or "the file"
