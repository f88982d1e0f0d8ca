"""Sound marks: how words of the content are said, where it is not just as they stand.

Owns the notation and how it is spoken: ``[pause]``, ``[slow: the date on your letter]`` and
``[digits: 18001]``. Callers hear them; print, texts and checks have the plain words. Source of the
SSML: Twilio's page on text-to-speech, and Amazon's on what its neural voices take. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

PAUSE_MS = 500
SLOWER = 1.25
"""So many times as long, for words that are said slowly; ``RATE`` is that for Twilio's voices."""
RATE = "80%"
MARK = re.compile(r"\[(?:(pause)|slow: ([^\[\]]*\w[^\[\]]*)|digits: (\d+))\]")

STOPS = ".,;:?!"


class Said(NamedTuple):
    """Words that are said in one way; ``pause``: whether a pause follows them."""

    words: str
    slow: bool = False
    digits: bool = False
    pause: bool = False


def faults(text: str) -> str:
    """What is wrong with the marks in a text; empty when nothing is."""
    if set("[]") & set(MARK.sub("", text)):
        return "sound marks are [pause], [slow: words] and [digits: 123]"
    if re.search(r"^\[pause\]|\[pause\]\W*(\[pause\]|$)", text):
        return "a pause stands between words"
    return ""


def plain(text: str) -> str:
    """The words alone; digits that are said one by one stand apart."""
    without = MARK.sub(lambda mark: mark[2] or " ".join(mark[3] or ""), text)
    return " ".join(without.split())


def said(text: str) -> tuple[Said, ...]:
    """A marked text, in pieces that are said in one way each."""
    found: list[Said] = []
    for each in _pieces(text):
        # A comma or full stop after a mark belongs to the words in it.
        rest = each.words.lstrip(STOPS) if found else each.words
        if found:
            last, stop = found[-1], each.words[: len(each.words) - len(rest)]
            found[-1] = last._replace(words=last.words + stop, pause=last.pause or each.pause)
        if rest:
            found.append(each._replace(words=rest.strip()))
    return tuple(found)


def _pieces(text: str) -> Iterator[Said]:
    at = 0
    for mark in MARK.finditer(text):
        yield Said(text[at : mark.start()].strip())
        pause, slow, digits = mark.groups()
        words = slow or " ".join(digits or "")
        yield Said(words.strip(), slow=bool(slow), digits=bool(digits), pause=bool(pause))
        at = mark.end()
    yield Said(text[at:].strip())


def ssml(text: str, pronounced: Mapping[str, str]) -> str:
    """A marked text as what stands in a Say; ``pronounced``: how to write a word for any voice."""
    spoken = (_ssml(each, pronounced) for each in said(text))
    return " ".join(spoken)


def _ssml(each: Said, pronounced: Mapping[str, str]) -> str:
    if each.digits:
        figures = re.sub(r"\D", "", each.words)
        stop = each.words.lstrip("0123456789 ")
        words = f'<say-as interpret-as="digits">{figures}</say-as>{stop}'
    else:
        words = _substituted(escape(each.words, quote=False), pronounced)
    if each.slow:
        words = f'<prosody rate="{RATE}">{words}</prosody>'
    return f'{words} <break time="{PAUSE_MS}ms"/>' if each.pause else words


def _substituted(words: str, pronounced: Mapping[str, str]) -> str:
    def sub(found: re.Match[str]) -> str:
        return f'<sub alias="{escape(for_any_voice(pronounced[found[0]]))}">{found[0]}</sub>'

    return pattern.sub(sub, words) if (pattern := _any_of(pronounced)) else words


def respelled(words: str, pronounced: Mapping[str, str]) -> str:
    """The words as they are written for a voice that takes no SSML."""
    pattern = _any_of(pronounced)
    return (
        pattern.sub(lambda found: for_any_voice(pronounced[found[0]]), words) if pattern else words
    )


def _any_of(words: Mapping[str, str]) -> re.Pattern[str] | None:
    known = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"\b(?:{known})\b") if known else None


def for_any_voice(spelling: str) -> str:
    """Letters without the full stops, at which other voices than Kokoro would end a sentence."""
    return spelling.replace(".", "")
