"""Languages in words: what one is called, and whether an adviser speaks it.

Owns how the languages that staff have written are read; the names are those of Unicode's CLDR, as
Babel has them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

HERE: Mapping[str, str] = {"bn": "Bengali"}
"""What people here call a language, where CLDR's English has another name (Bangla)."""
ALSO: Mapping[str, tuple[str, ...]] = {
    "bn": ("Bangla", "Sylheti"),
    "pa": ("Panjabi",),
    "sq": ("Shqip",),
    "yo": ("Yorùbá",),
}
"""Names that people here write, and that CLDR does not have."""


@cache
def name_of(tag: str, inside: str = "en") -> str:
    """A language's name in another one. Raises ValueError for a tag that nobody knows."""
    if inside[:2] == "en" and tag in HERE:
        return HERE[tag]
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(inside.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        says = f"no language is called “{tag}”: write its short form, such as ro for Romanian"
        raise ValueError(says) from None


def shown(tag: str, inside: str = "en") -> str:
    """Its name; a tag that nobody knows as it is, such as one of an old row."""
    try:
        return name_of(tag, inside)
    except ValueError:
        return tag


def speaks(languages: str, tag: str) -> bool:
    """Whether what staff have written of an adviser's languages names this one.

    By its English name or its own: "English, Romanian (fluent)", "polski".
    """
    written = languages.casefold()
    # No word boundary: the vowel signs of Bengali and Punjabi are no letters to it.
    return any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", written) for each in names_of(tag))


@cache
def names_of(tag: str) -> frozenset[str]:
    """What a language is called in English and in itself, in small letters."""
    base = tag.partition("-")[0]
    names = (shown(base), shown(base, base), *ALSO.get(base, ()))
    return frozenset(each.casefold() for each in names)
