"""What must be true of a line, beyond being readable: one small function a rule.

Owns the table of rules. Each takes a line and yields findings; none reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ivr.checks import facts, structure, words
from ivr.checks.finding import Finding
from ivr.line import Line

__all__ = ["RULES", "Finding", "check"]

Rule = Callable[[Line], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    "FACTS": facts.every_fact_is_spoken,
    "R01": structure.few_choices,
    "R02": structure.two_presses,
    "R05": structure.labels_differ,
    "R20": structure.short_choices,
    "R13": words.plain_key_words,
    "R22": words.short_parts,
    "R24": words.reading_age,
    "R25": words.short_sentences,
    "R26": words.no_bare_abbreviation,
    "R28": words.no_blame,
    "R46": words.no_decimals,
    "R58": words.short_texts,
    "R59": words.safe_texts,
}
"""The rules by their names in the project's accessibility rules; FACTS is the content's own."""


def check(line: Line) -> list[Finding]:
    """Everything that is wrong with a line, rule by rule."""
    return [finding for rule in RULES.values() for finding in rule(line)]
