"""Drafts of doorways in the demonstration: heard on the phone page, and said to be drafts.

Owns the words of such a line: those in use, with one doorway that nobody has signed. They lie under
a version of their own, which nothing but a call from the start page asks for.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from ivr.content import po
from ivr.content.doorways import is_of_doorway
from ivr.content.edit import changed
from ivr.content.editions.folders import EditionFolders
from ivr.content.files import Files, packed, unpacked, version_of_files
from ivr.content.languages import Languages, languages_of
from ivr.content.po import Entry
from ivr.content.sentences import seal
from ivr.content.translation import Stand
from ivr.line.tongues import name_of

NOBODY = {
    "by": "a machine, as a draft",
    "reviewed_by": "nobody, for the demonstration alone",
    "second_reader": "nobody",
}
MARK = "Draft, nobody has checked this. "
"""What each call begins with, behind the key of the language."""


def drafted(files: Files) -> dict[str, str]:
    """The languages whose doorway has all its sentences and is not on, by tag, with their names."""
    return _drafted(packed(files))


@lru_cache(maxsize=1)
def _drafted(pack: bytes) -> dict[str, str]:
    # The start page asks for it each time; ten languages take half a second.
    found = languages_of(unpacked(pack))
    line = found.content.line
    off = (lang for lang in found.all() if lang not in line.offered)
    named = {lang: name_of(lang) for lang in off if _doorway(found, lang)}
    return dict(sorted(named.items(), key=lambda each: each[1]))


def laid_out(folders: EditionFolders, lang: str) -> str:
    """The version of the words in use with this draft as their only doorway, on key 6."""
    files = folders.whole(folders.files(folders.current()) or {})
    found = languages_of(files)
    # The browser of the page speaks it, as it speaks whatever is not recorded.
    door = {lang: {"say": "browser", "tag": lang}}
    line = changed(files["line.yaml"].decode(), ("doorways",), door)
    entries = [
        Entry(each.sentence, MARK + each.words if _greets(each) else each.words, fuzzy=False)
        for each in _doorway(found, lang)
    ]
    seals = {each.sentence.name: seal(each.sentence.text, each.words) for each in entries}
    written = {
        "line.yaml": line,
        **po.merged(files, lang, entries, found.like),
        **po.signing(files, lang, NOBODY, date.today(), seals),  # noqa: DTZ011 - of here
    }
    made = {**files, **{name: text.encode() for name, text in written.items()}}
    folders.lay_out(made)
    return version_of_files(made)


def _doorway(found: Languages, lang: str) -> list[Stand]:
    """The sentences of a doorway; none where it lacks one."""
    few = [each for each in found.stands(lang) if is_of_doorway(each.sentence)]
    return few if all(each.words and each.why != "unfit" for each in few) else []


def _greets(stand: Stand) -> bool:
    return stand.sentence.path == ("greeting",)
