"""Rules about the shape of a call: few choices, few presses, labels that cannot be mistaken."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.checks.finding import Finding
from ivr.line import Line

MOST_AT_THE_TOP, MOST_BELOW = 5, 4
MOST_PRESSES = 2
MOST_WORDS_IN_A_CHOICE = 12
SMALL_WORDS = frozenset(
    """a about an and ask at by can for get hear how in is it know learn me my of on or other say
    that the there to up what when where which who with you your""".split()  # noqa: SIM905
)
"""Words that two labels may share without being taken for one another."""


def few_choices(line: Line) -> Iterator[Finding]:
    """R01: at most five choices in the main menu and four in any other."""
    for name, menu in line.menus.items():
        most = MOST_AT_THE_TOP if name == line.start else MOST_BELOW
        if len(menu.keys) > most:
            what = f"{len(menu.keys)} choices, at most {most}"
            yield Finding("R01", f"flow.yaml menus.{name}", what, "Take one out, or join two.")


def two_presses(line: Line) -> Iterator[Finding]:
    """R02: every topic is at most two presses from the main menu."""
    for name in line.topics:
        if name not in _within(line, MOST_PRESSES):
            do = "Put it into a menu that the main menu leads to."
            yield Finding(
                "R02", f"flow.yaml topics.{name}", "more than two presses from the main menu", do
            )


def labels_differ(line: Line) -> Iterator[Finding]:
    """R05: no two choices of a menu share a telling word."""
    for lang, wording in line.wordings.items():
        for name, menu in line.menus.items():
            seen: dict[str, str] = {}
            for to in () if menu.question else menu.keys.values():
                for word in set(wording.place(to).label.lower().split()) - SMALL_WORDS:
                    if word in seen:
                        what = f"“{word}” is in the label of {seen[word]} and of {to}"
                        yield Finding("R05", f"{lang} menu {name}", what, "Say one another way.")
                    seen[word] = to


def short_choices(line: Line) -> Iterator[Finding]:
    """R20: a choice is one short sentence."""
    for lang, wording in line.wordings.items():
        for name, menu in line.menus.items():
            for key, to in () if menu.question else menu.keys.items():
                choice = wording.choice(wording.place(to).label, key)
                if len(choice.split()) > MOST_WORDS_IN_A_CHOICE:
                    what = f"“{choice}” has over {MOST_WORDS_IN_A_CHOICE} words"
                    yield Finding("R20", f"{lang} menu {name}", what, "Shorten the label.")


def _within(line: Line, presses: int) -> set[str]:
    reached = {line.start}
    for _ in range(presses):
        menus = [line.menus[name] for name in reached if name in line.menus]
        reached |= {to for menu in menus for to in menu.keys.values()}
    return reached
