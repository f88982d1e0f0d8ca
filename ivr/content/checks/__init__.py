"""What must be true of the words of a line, beyond being readable: one small function a rule.

Owns the table of rules. Each looks at the same evidence and yields findings; none reads a file, a
clock or a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ivr.content.checks import (
    facts,
    keys,
    languages,
    numbers,
    people,
    plain,
    shape,
    sound,
    texts,
    time_limits,
    words,
)
from ivr.content.checks.elsewhere import BY_CALLERS, BY_TESTS
from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Rule, explained, rule
from ivr.content.checks.pieces import Piece, piece_at
from ivr.line.model import Line

__all__ = [
    "RULES",
    "Evidence",
    "Finding",
    "Piece",
    "Rule",
    "check",
    "check_menus",
    "check_piece",
    "piece_at",
]

CHECKED: Mapping[str, Rule] = {
    "FACTS": rule(facts.facts_are_spoken),
    "LIMITS": rule(facts.a_limit_in_every_topic),
    "LANG": rule(languages.lang_signed),
    "CLIPS": rule(sound.prompts_recorded),
    "R01": rule(shape.r01_few_choices),
    "R02": rule(shape.r02_two_presses),
    "R03": rule(shape.r03_no_grab_bag),
    "R04": rule(shape.r04_in_order),
    "R05": rule(shape.r05_labels_differ),
    "R07": rule(shape.r07_always_the_same),
    "R12": rule(keys.r12_told_once),
    "R13": rule(keys.r13_words_for_keys),
    "R14": rule(keys.r14_no_letters_on_keys),
    "R19": rule(words.r19_the_thing_first),
    "R20": rule(words.r20_short_choices),
    "R21": rule(words.r21_begins_at_once),
    "R22": rule(words.r22_short_parts),
    "R23": rule(words.r23_few_points),
    "R24": rule(words.r24_reading_age),
    "R25": rule(words.r25_short_sentences),
    "R26": rule(plain.r26_short_forms_explained),
    "R27": rule(plain.r27_no_idioms),
    "R28": rule(plain.r28_no_blame),
    "R29": rule(plain.r29_each_slip_its_own_words),
    "R30": rule(plain.r30_no_hurry),
    "R35": rule(time_limits.r35_each_retry_helps_more),
    "R36": rule(time_limits.r36_a_key_stops_speech),
    "R38": rule(time_limits.r38_slower),
    "R40": rule(time_limits.r40_pauses),
    "R42": rule(numbers.r42_says_how_to_type),
    "R43": rule(numbers.r43_reads_it_back),
    "R44": rule(numbers.r44_no_number_in_passing),
    "R45": rule(numbers.r45_dates_in_words),
    "R46": rule(numbers.r46_few_numbers),
    "R47": rule(people.r47_a_person_early),
    "R50": rule(people.r50_each_language_in_itself),
    "R51": rule(people.r51_all_as_text),
    "R52": rule(people.r52_relay),
    "R54": rule(sound.r54_even_level),
    "R55": rule(sound.r55_nothing_under_the_voice),
    "R56": rule(sound.r56_slow_enough),
    "R57": rule(sound.r57_one_voice),
    "R58": rule(texts.r58_short_texts),
    "R59": rule(texts.r59_safe_texts),
    "R61": rule(keys.r61_keys_from_the_flow),
    "R62": rule(keys.r62_no_or_in_a_question),
    "R63": rule(plain.r63_everyday_words),
    "C1": rule(people.c1_costs_little),
    "C2": rule(people.c2_cost_is_told),
}
"""The rules that words, keys and recordings can break; those without a number are our own."""

RULES: Mapping[str, Rule] = {
    **CHECKED,
    **{name: explained(text, "make test") for name, text in BY_TESTS.items()},
    **{name: explained(text, "ivr callers") for name, text in BY_CALLERS.items()},
}
"""Every rule by its name in the project's accessibility rules, and what holds it."""


ON_A_PIECE = (
    *("R03", "R12", "R13", "R14", "R19", "R21", "R22", "R23", "R25", "R26", "R27", "R28", "R30"),
    *("R42", "R44", "R45", "R46", "R58", "R59", "R61", "R62", "R63"),
)
"""The rules that can be asked of one piece of wording alone."""
ON_MENUS = ("R01", "R02", "R05")


def check_piece(line: Line, piece: Piece) -> list[Finding]:
    """What is wrong with one piece by itself; the whole line may have more against it."""
    bare = replace(line, menus={}, topics={}, forms={}, wordings={})
    alone = Evidence(bare, _nowhere, {}, only=(piece,), wordings=line.wordings)
    return _found(alone, ON_A_PIECE)


def check_menus(line: Line) -> list[Finding]:
    """What is wrong with the menus: too many choices, too far away, too much alike."""
    return _found(Evidence(line, _nowhere, {}), ON_MENUS)


def _nowhere(*_: object, near: str = "") -> int:
    return 0


def check(evidence: Evidence) -> list[Finding]:
    """Everything that is wrong, by file and line, each thing once."""
    return _found(evidence, CHECKED)


def _found(evidence: Evidence, names: Iterable[str]) -> list[Finding]:
    checks = [CHECKED[name].check for name in names]
    return sorted({finding for each in checks if each for finding in each(evidence)})
