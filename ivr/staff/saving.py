"""Putting a change into the draft: read first, refused with words, never over another's.

Owns what pages that change something have in common. The draft itself is ``ivr.content.editions``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ivr.content import Fault
from ivr.content.edit import Step, Value, changed, value_at
from ivr.content.editions.drafting import ConflictError
from ivr.staff.people import StaffMember
from ivr.staff.services import StaffServices
from ivr.staff.titles import title
from ivr.store.editions import BusyError

LONGEST_NAME = 64
PLACE = re.compile(r"“([\w.-]+)”:? ")
"""How a fault of the content begins: with the path of what is wrong."""
KEPT = "It is kept in the draft. Callers hear it once the draft is published."


class NotKeptError(Exception):
    """Nothing was kept; ``lines`` say why. ``theirs``: what somebody else has put there instead."""

    def __init__(self, lines: Sequence[str], theirs: Value = None) -> None:
        self.lines = tuple(lines)
        self.theirs = theirs
        super().__init__("\n".join(lines))


def value_of(services: StaffServices, file: str, path: Sequence[Step]) -> Any:
    """The value that stands in the draft now; None where there is none."""
    raw = services.drafting.files().get(file)
    return value_at(raw.decode(), path) if raw else None


def keep(
    services: StaffServices,
    who: StaffMember,
    file: str,
    path: Sequence[Step],
    was: Value,
    value: Value,
) -> None:
    """Put ``value`` into the draft where ``was`` stood when the page was made.

    Raises NotKeptError.
    """
    text = services.drafting.files()[file].decode()
    faults = services.drafting.faults_with(file, changed(text, path, value))
    if faults:
        raise NotKeptError(in_words(services, faults))
    what = f"{file} {named(path)}"
    try:
        services.drafting.change(file, path, was, value, who.name[:LONGEST_NAME], services.now())
    except ConflictError as error:
        by = error.save.by if error.save else "Somebody"
        says = f"{by} has changed this meanwhile. Yours is not kept yet: both stand below."
        raise NotKeptError([says], error.theirs) from None
    except BusyError as error:
        raise NotKeptError([str(error)]) from None
    services.changes.note(who.id, "draft", what[-LONGEST_NAME:], services.now())


def keep_whole(
    services: StaffServices,
    who: StaffMember,
    file: str,
    path: Sequence[Step],
    seen: str,
    value: Value,
) -> None:
    """The same for a value of many parts. ``seen``: as ``as_seen`` gave it to the page."""
    stands = value_of(services, file, path)
    if as_seen(stands) != seen:
        raise NotKeptError(["Somebody has changed this meanwhile. This is how it stands now."])
    keep(services, who, file, path, stands, value)


def as_seen(value: Any) -> str:
    """A value of many parts as one line, to tell whether it is still the same."""
    return json.dumps(value, default=_plain, sort_keys=True)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def in_words(services: StaffServices, faults: Sequence[Fault]) -> list[str]:
    """Faults as people read them, each with the name of what is wrong."""
    return [_in_words(services, fault) for fault in faults]


def _in_words(services: StaffServices, fault: Fault) -> str:
    if not (found := PLACE.match(fault.says)):
        return f"{fault.says} ({fault.file}, line {fault.line})."
    named_ = title(services.line(), services.drafting.files(), fault.file, path_of(found[1]))
    return f"{named_}: {fault.says[found.end() :]}."


def named(path: Sequence[Step]) -> str:
    """A path as it stands in an address: ``parts.1.says``."""
    return ".".join(str(step) for step in path)


def path_of(name: str) -> tuple[Step, ...]:
    """The path of an address."""
    return tuple(
        int(step) if step.isascii() and step.isdigit() else step for step in name.split(".")
    )
