"""What is changed, one change for one thing: a day's hours, a closure, a contact.

Owns how these are put into words: ``24 December 2026 to 1 January 2027: closed``. A sentence is
a thing of its own, as ``ivr.content.editions.differences`` has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ivr.content.edit import value_at
from ivr.content.editions.differences import Change, differences, runs
from ivr.content.files import Files
from ivr.line.model import Line
from ivr.line.numbers import printed
from ivr.staff.titles import title

FILE = "line.yaml"
HOURS, CLOSURES, CONTACTS = "hours", "other_days", "contacts"


def things(before: Files, after: Files) -> list[Change]:
    """What differs. The path of a thing that is gone is its path in ``before``."""
    found = differences(before, after)
    own = [each for each in found if not _of_a_thing(each)]
    whole = list(_whole(before, after)) if len(own) < len(found) else []
    return [*own, *whole]


def called(line: Line, before: Files, after: Files, change: Change) -> str:
    """What a changed thing is called."""
    return title(line, before if gone(change) else after, change.file, change.path)


def gone(change: Change) -> bool:
    """Whether nothing stands there any more."""
    return all(kind == "gone" for kind, _ in change.runs)


def days(closure: Mapping[str, Any]) -> str:
    """Which days a closure is on."""
    until = closure.get("until")
    return day(closure["from"]) + (f" to {day(until)}" if until else "")


def times(spans: Sequence[str]) -> str:
    """When an adviser is there on a day, as people say it."""
    return " and ".join(each.replace("-", " to ") for each in spans) or "closed"


def day(moment: date) -> str:
    """``24 December 2026``."""
    return f"{moment:%-d %B %Y}"


def _of_a_thing(change: Change) -> bool:
    return change.file == FILE and change.path[:1] in ((HOURS,), (CLOSURES,), (CONTACTS,))


def _whole(before: Files, after: Files) -> Iterator[Change]:
    old, new = (_line(files) for files in (before, after))
    was: Mapping[str, Any] = old.get(HOURS) or {}
    now: Mapping[str, Any] = new.get(HOURS) or {}
    for name in dict.fromkeys([*now, *was]):
        said = [times(each[name]) if name in each else "" for each in (was, now)]
        if said[0] != said[1]:
            yield Change(FILE, (HOURS, name), runs(*said))
    for name, key, says in ((CLOSURES, _first, _closure), (CONTACTS, _name, _contact)):
        yield from _listed(name, old.get(name) or [], new.get(name) or [], key, says)


def _line(files: Files) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = value_at(files.get(FILE, b"").decode(), ())
    return found or {}


def _listed(
    name: str,
    old: Sequence[Any],
    new: Sequence[Any],
    key: Callable[[Any], object],
    says: Callable[[Any], str],
) -> Iterator[Change]:
    """What became of each thing of a list. Two are the same where they have the same key."""
    left = [each for each in old if each not in new]
    for at, each in enumerate(new):
        if each in old:
            continue
        was = next((one for one in left if key(one) == key(each)), None)
        left = [one for one in left if one is not was]
        both = [says(was) if was else "", says(each)]
        if was and both[0] == both[1]:
            both = [f"{both[0]} (for staff: {one.get('why') or 'nothing'})" for one in (was, each)]
        yield Change(FILE, (name, at), runs(*both))
    for each in left:
        yield Change(FILE, (name, list(old).index(each)), runs(says(each), ""))


def _first(closure: Mapping[str, Any]) -> object:
    return closure["from"]


def _name(contact: Mapping[str, Any]) -> object:
    return contact.get("id") or contact["name"]


def _closure(closure: Mapping[str, Any]) -> str:
    return f"{days(closure)}: {times(closure['hours'])}"


def _contact(contact: Mapping[str, Any]) -> str:
    number = contact.get("number")
    said = [
        (contact["name"], "{}"),
        (contact.get("spoken"), "callers hear “{}”"),
        (printed(str(number)) if number else "", "{}"),
        (contact.get("verified"), "rung on {}"),
        (contact.get("by"), "by {}"),
        (contact.get("name_verified"), "its name checked on {}"),
    ]
    told = ((day(value) if isinstance(value, date) else value, words) for value, words in said)
    return ", ".join(words.format(value) for value, words in told if value)
