"""What a caller makes of what it hears: the keys that are offered, and how far a topic has got.

Owns the understanding of spoken sentences. Knows no line, only how telephone lines speak; what is
said in the caller's own language ``meaning`` puts in the same terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

CHOICE = re.compile(r"\b(?:To|For) ([^.]+?), (?:wait, or )?press (\w+)\.")
ANSWER = re.compile(r"\b(Yes|No), press (\w+)\.")
NUMBER_WANTED = re.compile(r"\benter\b.*\bnumber\b", re.IGNORECASE)
KEY_NAMES = {"star": "*", "hash": "#", "zero": "0"}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
KEYS = "0123456789*#"


@dataclass
class Ears:
    """What was heard since the line last began to speak.

    ``said`` holds each piece as it came, ``offered`` the key of each label in "To <label>, press
    <key>."; ``words`` counts them.
    """

    said: list[str] = field(default_factory=list)
    offered: dict[str, str] = field(default_factory=dict)
    meaning: Callable[[str], str] = str
    words: int = 0

    def hear(self, words: str) -> None:
        """Take in one thing said."""
        self.words += len(words.split())
        words = self.meaning(words)
        self.said.append(words)
        for label, key in (*CHOICE.findall(words), *ANSWER.findall(words)):
            pressed = KEY_NAMES.get(key, key)
            if pressed in KEYS:
                self.offered[label] = pressed

    def forget(self) -> None:
        """The line begins to say something else."""
        self.said, self.offered, self.words = [], {}, 0

    def key_of(self, *labels: str) -> str:
        """The key of the first of these labels that is offered; empty where none is."""
        return next((self.offered[label] for label in labels if label in self.offered), "")

    def key_about(self, words: str) -> str:
        """The key of the first offered label that holds ``words``; empty where none does."""
        return next((key for label, key in self.offered.items() if words in label), "")

    def first_about(self, *wanted: str) -> str:
        """The key of the first of these that some offered label holds; empty where none does."""
        return next((key for words in wanted if (key := self.key_about(words))), "")

    def heard(self, words: str) -> bool:
        """Whether ``words`` were said, as part of anything."""
        return any(words.lower() in each.lower() for each in self.said)

    @property
    def choosing(self) -> bool:
        """Whether there is a choice to make: keys from 1 to 9, and no advice that goes on."""
        return not self.reading and any(key in "123456789" for key in self.offered.values())

    @property
    def reading(self) -> bool:
        """Whether advice is being read, that goes on by itself."""
        return bool(self.said) and (not self.offered or bool(self.key_about("all read to you")))

    @property
    def asked(self) -> bool:
        """Whether a yes or a no is wanted."""
        return "Yes" in self.offered

    @property
    def number_wanted(self) -> bool:
        """Whether a number is to be typed."""
        return any(NUMBER_WANTED.search(each) for each in self.said)

    @property
    def digits(self) -> str:
        """The digits that were read out one by one."""
        plain = (each.strip(" ,.").lower() for each in self.said)
        return "".join(str(DIGITS.index(word)) for word in plain if word in DIGITS)
