"""Signing a translation on a page: who may sign which sentence, and as what.

Owns that a sentence is translated, reviewed and, where it needs that, read a second time by
somebody else each time. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivr.content.sentences import seal
from ivr.content.translation import SignOff, Stand

IMPORTED = "import"
"""What a save is called that put a whole PO file in: its words are not of who sent it."""
People = tuple[str, str, str]
"""Who translated a sentence, who reviewed it, and who read it a second time, or nobody."""
Signs = Mapping[str, tuple[str, SignOff]]


class NotSignedError(Exception):
    """A sentence that this person cannot sign, and why."""


def seal_of(stand: Stand) -> str:
    """What is signed: the English and the translation as they stand."""
    return seal(stand.sentence.text, stand.words)


def waits_for_second(stand: Stand, signs: Signs) -> SignOff | None:
    """The sign-off of a sentence that lacks nothing but its second reader."""
    kept, entry = signs.get(stand.sentence.name, ("", None))
    lacks = stand.twice and stand.why == "draft" and kept == seal_of(stand)
    return entry if lacks else None


def people_of(stand: Stand, signs: Signs, seen: str, reader: str, translator: str) -> People:
    """Who then stands for a sentence. Raises NotSignedError.

    ``seen``: the seal of what the reader has read; ``translator``: who wrote it, empty for unknown.
    """
    if seen != seal_of(stand):
        raise NotSignedError("it was changed after this page was made. Read it again")
    if stand.why in ("missing", "unfit"):
        raise NotSignedError(stand.says or "nothing stands there")
    if not stand.why:
        raise NotSignedError("it is signed already")
    if entry := waits_for_second(stand, signs):
        if _is_one_of(reader, (entry.by, entry.reviewed_by)):
            raise NotSignedError("you have translated or reviewed it: a second reader must sign it")
        return entry.by, entry.reviewed_by, reader
    if not translator:
        raise NotSignedError("say who translated it")
    if _is_one_of(reader, (translator,)):
        raise NotSignedError("you have translated it yourself: somebody else must sign it")
    return translator, reader, ""


def writers(saves: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Who wrote each sentence on the page, by its name. ``saves``: file, what of it, and by whom,
    in order."""
    found: dict[str, str] = {}
    for file, what, by in saves:
        if what == IMPORTED:
            own = f"{file.partition('/')[2]}:"
            found = {name: each for name, each in found.items() if not name.startswith(own)}
        else:
            found[what] = by
    return found


def _is_one_of(name: str, names: Iterable[str]) -> bool:
    return name.strip().casefold() in {each.strip().casefold() for each in names}
