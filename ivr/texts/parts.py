"""What a text costs: the parts that the network counts.

Owns GSM-7 sums. Source: 3GPP TS 23.038 for the alphabet; 160 characters alone, 153 in each joined
part.
"""

from __future__ import annotations

import gsm0338

ALONE, JOINED = 160, 153
WIDE_ALONE, WIDE_JOINED = 70, 67

CODEC = gsm0338.Codec()
ALPHABET = frozenset(CODEC.decode(bytes(range(0x1B)) + bytes(range(0x1C, 0x80)))[0] + "^{}\\[~]|€")
"""Every letter that a text of the lower price may hold."""


def segments(text: str) -> int:
    """How many parts the network counts, and bills, for ``text``."""
    try:
        size, alone, joined = len(CODEC.encode(text)[0]), ALONE, JOINED
    except UnicodeEncodeError:
        size, alone, joined = len(text.encode("utf-16-be")) // 2, WIDE_ALONE, WIDE_JOINED
    return 1 if size <= alone else -(-size // joined)
