"""Settings that hold several values with commas between: the one place that takes them apart.

Owns what a part is, and which secret can be guessed. Spaces around a part are never meant: with
one, a key signs, seals and refers as another key would.
"""

from __future__ import annotations

from pydantic import SecretStr

LEAST_CHARACTERS = 8
"""Different characters of a secret. One made by chance has more, even of figures alone."""


def parts(text: str | SecretStr) -> tuple[str, ...]:
    """The parts without the spaces around them, an empty one among them; none of nothing."""
    text = text.get_secret_value() if isinstance(text, SecretStr) else text
    return tuple(part.strip() for part in text.split(",")) if text.strip() else ()


def guessable(secret: str) -> bool:
    """Whether it is a few characters only, or a short piece again and again."""
    pieces = (secret[:size] for size in range(1, len(secret) // 2 + 1))
    again = any((each * len(secret))[: len(secret)] == secret for each in pieces)
    return len(set(secret)) < LEAST_CHARACTERS or again
