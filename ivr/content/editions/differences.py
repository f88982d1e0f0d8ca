"""What has changed between two editions, value by value and word by word, for people to read.

Owns the comparison. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from ivr.content.edit import Step, leaves
from ivr.content.files import Files
from ivr.content.translation import SIGNED

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that has changed: where it stands, and its words in runs."""

    file: str
    path: tuple[Step, ...]
    runs: tuple[tuple[Kind, str], ...]

    @property
    def where(self) -> str:
        """The place of the value within its file, for people: lists count from 1."""
        return ", ".join(str(step + 1 if isinstance(step, int) else step) for step in self.path)


def differences(before: Files, after: Files) -> list[Change]:
    """Every value that differs, by file. A file that cannot be read is compared as one value."""
    names = sorted(before.keys() | after.keys())
    return [change for name in names for change in _of_file(name, before, after)]


def runs(before: str, after: str) -> tuple[tuple[Kind, str], ...]:
    """The words of both in runs: those that stayed, those that are gone, those that are new."""
    old, new = before.split(), after.split()
    found: list[tuple[Kind, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", " ".join(old[a:b])))
            continue
        found += [("gone", " ".join(old[a:b]))] if a < b else []
        found += [("new", " ".join(new[c:d]))] if c < d else []
    return tuple(found)


def _of_file(name: str, before: Files, after: Files) -> Iterator[Change]:
    if before.get(name) == after.get(name):
        return
    old, new = _leaves(before.get(name)), _leaves(after.get(name))
    if name.endswith(f"/{SIGNED}"):
        # Nobody reads hashes: how many sentences are signed is one value.
        yield Change(name, (), runs(_signed(old), _signed(new)))
        return
    for path in dict.fromkeys([*new, *old]):
        if old.get(path, "") != new.get(path, ""):
            yield Change(name, path, runs(old.get(path, ""), new.get(path, "")))


def _leaves(raw: bytes | None) -> dict[tuple[Step, ...], str]:
    text = (raw or b"").decode("utf-8", "replace")
    try:
        return {path: _said(value) for path, value in leaves(text).items()} if text.strip() else {}
    except ValueError:
        return {(): text}


def _signed(leaves: dict[tuple[Step, ...], str]) -> str:
    count = sum("sentences" in path for path in leaves)
    return f"{count} sentences signed" if count else "nothing signed"


def _said(value: str) -> str:
    """A day as people write it; anything else as it stands."""
    try:
        return f"{date.fromisoformat(value):%-d %B %Y}" if DAY.fullmatch(value) else value
    except ValueError:
        return value
