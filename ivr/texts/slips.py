"""Slips of a finger: one letter wrong, missing, doubled, or two swapped. Owns that rule alone."""

from __future__ import annotations


def slipped(typed: str, word: str) -> bool:
    """Whether ``typed`` is ``word`` with one letter wrong, missing, doubled, or two swapped."""
    if len(typed) == len(word):
        apart = [at for at in range(len(word)) if typed[at] != word[at]]
        if len(apart) == 2 and apart[1] == apart[0] + 1:
            first, second = apart
            return typed[first] == word[second] and typed[second] == word[first]
        return len(apart) == 1
    if len(typed) == len(word) - 1:
        return any(word[:at] + word[at + 1 :] == typed for at in range(len(word)))
    if len(typed) == len(word) + 1:
        return any(word[:at] + word[at - 1 :] == typed for at in range(1, len(word) + 1))
    return False
