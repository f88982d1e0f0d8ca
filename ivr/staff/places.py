"""Where a value of the content stands on the pages: its title, its words, and a link to it.

Owns that way from a file and a line to a page. What a value is called is ``titles``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from flask import url_for

from ivr.content.edit import Step, value_at
from ivr.content.editions.differences import Change, runs
from ivr.content.files import Files
from ivr.content.source import Source, parsed
from ivr.line.model import Line
from ivr.staff.titles import OF_FLOW, sentence, title

NAMED = re.compile(r"([\w/-]+\.yaml), line (\d{1,6}): ")
"""How what keeps an edition from being published begins."""
SHOWN = 20
"""Words of a sentence by which it is known."""


class Place(NamedTuple):
    """What stands somewhere: what it is called, its first words, and its page; empty for none."""

    title: str
    words: str = ""
    link: str = ""


def place_on(line: Line, files: Files, file: str, number: int) -> Place:
    """What stands on a line of a file. ``line``: what callers hear, or the draft's."""
    if file not in files:
        return Place("The settings of the server")
    text = files[file].decode("utf-8", "replace")
    path = Source(file, text, parsed(text)).path(number)
    if not path:
        return Place("A whole file", link=url_for("draft.whole", file=file))
    stands = value_at(text, path)
    words = stands.split() if isinstance(stands, str) and path[-1:] != ("label",) else []
    short = " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")
    return Place(title(line, files, file, path), short, link(line, files, file, path))


def placed(line: Line, files: Files, says: str) -> tuple[Place | None, str]:
    """What was said of a line of a file, and what stands there; None for what names no line."""
    if not (found := NAMED.match(says)) or found[1] not in files:
        return None, says
    return place_on(line, files, found[1], int(found[2])), says[found.end() :]


def as_heard(line: Line, before: Files, after: Files, change: Change) -> Change:
    """A change of ``flow.yaml`` with the sentences or names that callers hear of it."""
    if change.file != "flow.yaml":
        return change
    old, new = (sentence(line, files, change.path) for files in (before, after))
    return replace(change, runs=runs(old, new))


def link(line: Line, files: Files, file: str, path: Sequence[Step]) -> str:
    """The page on which the value stands among the others; its own where there is none."""
    first, *rest = path
    topic = "/topics/" in file
    node = file.rpartition("/")[2].removesuffix(".yaml") if topic else str(first)
    if file == "flow.yaml" and first in OF_FLOW and rest:
        node = str(rest[0])
    if file == "flow.yaml" and first == "menus" and rest:
        return url_for("topics.choices", menu=node)
    if line.has(node):
        anchor = named(path) if topic else "" if file == "flow.yaml" else named(rest)
        return url_for("words.node", name=node, _anchor=anchor or None)
    if file == "line.yaml" and first in ("hours", "other_days", "bank_holidays"):
        return url_for("timetable.timetable")
    if file == "line.yaml" and first == "contacts":
        return url_for("contacts.contacts")
    if isinstance(value_at(files[file].decode("utf-8", "replace"), path), str | date):
        return url_for("value.value", file=file, at=named(path))
    return url_for("draft.whole", file=file)


def named(path: Sequence[Step]) -> str:
    """A path as it stands in an address: ``parts.1.says``."""
    return ".".join(str(step) for step in path)


def path_of(name: str) -> tuple[Step, ...]:
    """The path of an address."""
    return tuple(
        int(step) if step.isascii() and step.isdigit() else step for step in name.split(".")
    )
