"""How many words were understood: what was said against what a listener wrote down.

Owns these sums and the few spellings that count as the same. Pure: tidied text comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
SAME: tuple[tuple[str, str], ...] = (
    (r"\bpress(?:ed)? (?:to|too)\b", "press 2"),
    (r"\bpress(?:ed)? for\b", "press 4"),
    (r"\badvisor(s?)\b", r"adviser\1"),
    (r"\bdag+en+[ -]?h[ae]m\b", "dagenham"),
    (r"\b20 ninth\b", "29th"),
    (r"\bninth\b", "9th"),
    (r"\b2000 and (\d\d)(?:st|nd|rd|th)?\b", r"20\1"),
    (rf"\b(?:the )?(\d+)(?:st|nd|rd|th)? (?:of )?({MONTH})\b", r"\1 \2"),
    (rf"\b({MONTH}) (?:the )?(\d+)(?:st|nd|rd|th)\b", r"\2 \1"),
)
"""What sounds the same, or is one date in two styles: never a word that could mislead."""
PHONE_NUMBER = r"\b0\d*(?: \d+)*\b"


@dataclass(frozen=True, slots=True)
class Score:
    """Words said, and how many of them were wrong, missing or too many, clean and in noise."""

    words: int
    clean: int
    noise: int

    @property
    def wrong(self) -> int:
        """Both together."""
        return self.clean + self.noise

    @property
    def clean_rate(self) -> float:
        """Errors in a hundred words; 0 where no word was said."""
        return 100 * self.clean / self.words if self.words else 0.0

    @property
    def noise_rate(self) -> float:
        """The same in noise."""
        return 100 * self.noise / self.words if self.words else 0.0


def total(scores: Iterable[Score]) -> Score:
    """All of these as one: a long recording weighs more than a short one."""
    rows = list(scores)
    return Score(
        sum(each.words for each in rows),
        sum(each.clean for each in rows),
        sum(each.noise for each in rows),
    )


def words_of(tidied: str) -> list[str]:
    """The words of a text in lower case without marks, with what counts as the same made so.

    Each digit of a phone number is a word, however they were grouped.
    """
    for pattern, one in SAME:
        tidied = re.sub(pattern, one, tidied)
    return re.sub(
        PHONE_NUMBER, lambda number: " ".join(re.sub(r"\D", "", number[0])), tidied
    ).split()


def errors(said: list[str], written: list[str]) -> int:
    """The fewest words to change, add or drop so that ``written`` becomes ``said``."""
    row = list(range(len(written) + 1))
    for at, word in enumerate(said, start=1):
        before, row[0] = row[0], at
        for column, other in enumerate(written, start=1):
            swapped = before + (word != other)
            before = row[column]
            row[column] = min(swapped, row[column] + 1, row[column - 1] + 1)
    return row[-1]
