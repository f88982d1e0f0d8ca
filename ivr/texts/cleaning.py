"""A text as the steps after it read it: one way of writing for what people write in many.

Owns that. Changes no meaning: figures of any script become ours, dashes, slashes and quotes one
kind, and what cannot be seen goes.
"""

from __future__ import annotations

import re
import unicodedata

UNSEEN = ("Cf", "Cc", "Me", "Cs", "Co", "Cn")
"""Kinds of characters that nobody sees: direction marks, NUL, the key of an emoji."""
VARIANTS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Say how the emoji before them is drawn."""
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
SLASHES = dict.fromkeys(map(ord, "⁄∕／⧸"), "/")
QUOTES = dict.fromkeys(map(ord, "‘’ʼ`´′＇"), "'")
WITHOUT_ACCENT = str.maketrans("łđøıßæœ", "ldoisao")
"""Letters that Unicode does not take apart into a plain one and an accent."""
LATIN_ACCENT = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
IN_FIGURES = re.compile(r"(?<![^\W\d_])(?=[\dol|]*\d)[\dol|]+(?![^\W\d_])")
"""A run of figures, in which O and l are meant for 0 and 1."""
BARS = re.compile(r"(?<!\d)(\d{1,2})\|(\d{1,2})\|(?=\d{2})")
"""A date with bars for slashes, which are no figures then."""
MONTH_OF_LETTERS = re.compile(r"(?<=\d[/.-])[ol|]{1,2}(?=[/.-]\d)")
FIGURES = str.maketrans("ol|", "011")


def cleaned(body: str) -> str:
    """Small letters and our figures; accents stay, for they tell one language from another."""
    text = unicodedata.normalize("NFKC", body).casefold()
    text = text.translate(DASHES).translate(SLASHES).translate(QUOTES)
    seen = BARS.sub(r"\1/\2/", "".join(map(_seen, text)))
    figures = MONTH_OF_LETTERS.sub(_figures, IN_FIGURES.sub(_figures, seen))
    return re.sub(r"\s+", " ", figures).strip()


def plain(text: str) -> str:
    """A cleaned text without the accents of Latin letters and without apostrophes."""
    apart = LATIN_ACCENT.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", apart).translate(WITHOUT_ACCENT).replace("'", "")


def words_of(text: str) -> list[str]:
    """The words and numbers of a cleaned text, without what stands between them.

    The vowels of Indian scripts are marks to Unicode, and part of a word all the same.
    """
    return re.findall(r"(?:[^\W_]|[\u0900-\u0dff])+", text)


def listed(words: str) -> frozenset[str]:
    """Words that are written with a space between two."""
    return frozenset(words.split())


SHORT_FORMS = listed(
    "pls plz plss txt txts sms msg msgs mms pdf jpg hmm xxx mrs hrs bsl tbh gdpr tmrw drs chc wks "
    "thx thnx tnx nhs lbbd dnt stp ppl kms ffs wtf sht schl rng shld spk nxt nvm svp cnt mths wknd "
    "nvr phn cll bck lttr pmt hlp grr brb ttyl smh fml omg sos"
)
"""Words that are written without their vowels."""


def gibberish(text: str) -> bool:
    """Whether a cleaned text is keys hit at random: every word is one letter again and again, or
    Latin letters without a vowel that no short form of a word is made of."""
    words = words_of(plain(text))
    return bool(words) and all(_no_word(word) for word in words)


def _no_word(word: str) -> bool:
    if not re.fullmatch("[a-z]{3,}", word) or word in SHORT_FORMS:
        return False
    return len(set(word)) == 1 or not re.search("[aeiouy]", word)


def _seen(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    if letter.isspace() or kind == "Cc":
        return " "
    return "" if kind in UNSEEN or letter in VARIANTS else letter


def _figures(found: re.Match[str]) -> str:
    return found[0].translate(FIGURES)
