"""The call in the address that Twilio asks next: written, and read back whatever comes.

Owns the query string. Its names stand in the order of the alphabet, so that a proxy that sorts them
changes nothing of what Twilio has signed. What was typed never stands in it in clear: the caller of
these functions hands in how to seal and to open it. Reading never fails: what is odd becomes what
is usual.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from ivr.line.call import MAX_TRAIL, Call

PLAIN = re.compile(r"[\w.~-]*", re.ASCII)
"""What stands in an address as it is (RFC 3986): nearly all that this writes."""
SPEEDS = ("normal", "slow")
SEALED = ("typed", "form", "recording", "wish", "who")
"""What a caller typed or answered, and which member of staff has signed in: it never stands here in
clear, and each is sealed with its own name, so that none can stand for another."""
FLAGS = ("wait", "offered", "briefed", "stopped")
COUNTS = ("silences", "slips", "slipped", "nines")
sealed_of, counts_of = attrgetter(*SEALED), attrgetter(*COUNTS)
MOST = 99
"""No count goes past this; larger ones were made up."""
KEPT = 1_024
"""Places and the like of which it is known how they are written."""
LONGEST_MOMENT = 15
"""Figures of a moment in milliseconds: enough until the year 33658."""

Seal = Callable[[str], str]


class Rest(NamedTuple):
    """What stands before and after the event in a query string."""

    before: list[str]
    after: list[str]


def write(call: Call, on: str, seal: Seal) -> str:
    """The query string for ``call``; ``on`` says which event this address answers."""
    return joined(call, on, rest(call, seal))


def joined(call: Call, on: str, rest: Rest) -> str:
    """The query string for ``call``, where its ``rest`` is known already."""
    return "&".join((f"at={_plain(call.at)}", *rest.before, f"on={on}", *rest.after))


def rest(call: Call, seal: Seal) -> Rest:
    """What a query string holds besides the node and the event: the same for every event."""
    pairs = sorted(_pairs(call, seal))
    at = bisect(pairs, "on=")
    return Rest(pairs[:at], pairs[at:])


def _pairs(call: Call, seal: Seal) -> list[str]:
    """Each name that has a value, with it."""
    pairs = [f"part={call.part}"] if call.part else []
    pairs += [f"lang={_plain(call.lang)}", f"speed={call.speed}"]
    pairs += [f"{name}=1" for name in FLAGS if getattr(call, name)]
    pairs += [f"{name}={count}" for name, count in _set(COUNTS, counts_of(call))]
    if call.rung:
        pairs.append(f"rung={_plain('~'.join(call.rung))}")
    if call.since:
        pairs.append(f"since={call.since}")
    if call.tell:
        pairs.append(f"tell={_plain(call.tell)}")
    if call.trail:
        pairs.append(f"trail={_plain('~'.join(call.trail))}")
    sealed = ((name, seal(f"{name} {own}")) for name, own in _set(SEALED, sealed_of(call)))
    pairs += [f"{name}={quote_plus(token)}" for name, token in sealed]
    if call.last:
        pairs.append(f"last={_plain(call.last)}.{call.moment}")
    if call.news:
        pairs.append(f"news={_plain(call.news)}")
    if call.version:
        pairs.append(f"v={_plain(call.version)}")
    return pairs


def _set(names: Iterable[str], values: Iterable[Any]) -> list[tuple[str, Any]]:
    """The names that have a value, with it."""
    return [(name, value) for name, value in zip(names, values, strict=True) if value]


@lru_cache(maxsize=KEPT)
def _plain(value: str) -> str:
    return value if PLAIN.fullmatch(value) else quote_plus(value)


def read(query: Mapping[str, str], unseal: Seal) -> Call:
    """The call that an address holds. Unknown values fall back to those of a new call."""
    found: dict[str, Any] = {"at": ""}
    for name, text in query.items():
        if reader := READERS.get(name):
            found[name] = reader(text)
        elif name in SEALED and text:
            found[name] = _opened(name, unseal(text))
    if "last" in query:
        found["last"], found["moment"] = _last(query["last"])
    if "v" in query:
        found["version"] = query["v"]
    return Call(**found)


def _opened(name: str, sealed: str) -> str:
    """What was sealed under this name; nothing, where it was under another."""
    kind, _, value = sealed.partition(" ")
    return value if kind == name else ""


def _last(text: str) -> tuple[str, int]:
    """The last key and its moment; nothing where either is odd."""
    key, _, moment = text.partition(".")
    return (key, _moment(moment)) if _is_moment(moment) and len(key) == 1 else ("", 0)


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_MOMENT


def _moment(text: str) -> int:
    return int(text) if _is_moment(text) else 0


def _count(text: str) -> int:
    return min(int(text), MOST) if text.isascii() and text.isdigit() else 0


def _trail(text: str) -> tuple[str, ...]:
    steps = [step for step in text.split("~") if step and _part_is_sound(step)]
    return tuple(steps[-MAX_TRAIL:])


def _part_is_sound(step: str) -> bool:
    part = step.partition(".")[2]
    return not part or (part.isascii() and part.isdigit() and len(part) <= len(str(MOST)))


READERS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("at", "lang", "news"), str),
    **dict.fromkeys(("part", *COUNTS), _count),
    **dict.fromkeys(FLAGS, "1".__eq__),
    "speed": lambda text: text if text in SPEEDS else "normal",
    "tell": lambda text: text if text in ("yes", "no") else "",
    "rung": lambda text: tuple(filter(None, text.split("~"))),
    "since": _moment,
    "trail": _trail,
}
"""How what stands in an address is read, by the name that it has in both."""
