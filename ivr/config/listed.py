"""Settings that hold several values with commas between: the one place that takes them apart.

Owns what a part is, and which secret can be guessed. Spaces around a part are never meant: with
one, a key signs, seals and refers as another key would.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from pydantic import SecretStr

ROWS = "abcdefghijklmnopqrstuvwxyz0123456789 qwertyuiopasdfghjklzxcvbnm"
"""What is typed by whoever draws a finger along the keys."""
PLAIN = -15
"""zlib without anything around what it packs, which would count as well."""


def parts(text: str | SecretStr) -> tuple[str, ...]:
    """The parts without the spaces around them, an empty one among them; none of nothing."""
    text = text.get_secret_value() if isinstance(text, SecretStr) else text
    return tuple(part.strip() for part in text.split(",")) if text.strip() else ()


def guessable(secret: str, shortest: int, known: Iterable[str] = ()) -> bool:
    """Whether it says too little that is new, beside itself and what is ``known``, for its length.

    It is packed, without capitals and what stands between words: what repeats itself, runs in a
    row or stands in another text takes hardly a byte, what chance has made nearly one a character.
    """
    texts = [re.sub(r"[\s_-]", "", each.lower()) for each in (*known, ROWS, secret)]
    packer = zlib.compressobj(9, zlib.DEFLATED, PLAIN, zdict="".join(texts[:-1]).encode())
    packed = packer.compress(texts[-1].encode()) + packer.flush()
    return len(packed) < shortest * 3 // 4
