"""Putting a change into the draft: read first, refused with words, never over another's.

Owns what pages that change something have in common. The draft itself is ``ivr.content.editions``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ivr.content import ContentError, Fault
from ivr.content.edit import Step, Value, changed, value_at
from ivr.content.editions.drafting import ConflictError, with_texts
from ivr.content.files import Files
from ivr.line.model import Line
from ivr.staff.people import StaffMember
from ivr.staff.places import named, path_of, place_on
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


def drafted(services: StaffServices) -> Line:
    """The line as the draft has it; what callers hear where there is none, or it cannot be read."""
    if services.drafting.open() is None:
        return services.line()
    try:
        return services.drafting.line()
    except ContentError:
        return services.line()


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
    text = changed(text, path, value)
    if faults := services.drafting.faults_with(file, text):
        raise NotKeptError(in_words(services, faults, {file: text.encode()}))
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


def in_words(
    services: StaffServices, faults: Sequence[Fault], new: Mapping[str, bytes | None] | None = None
) -> list[str]:
    """Faults as people read them, each with the name of what is wrong. ``new``: the files that
    were read in place of the draft's."""
    files = with_texts(services.drafting.files(), new or {})
    return [_in_words(services, files, fault) for fault in faults]


def _in_words(services: StaffServices, files: Files, fault: Fault) -> str:
    if found := PLACE.match(fault.says):
        called = title(services.line(), files, fault.file, path_of(found[1]))
        return f"{called}: {fault.says[found.end() :]}."
    return f"{place_on(services.line(), files, fault.file, fault.line).title}: {fault.says}."
