"""The few phrases that a doorway says, by name.

Owns these names; their words stand in ``says.yaml`` of each language. Knows no wording.
"""

from __future__ import annotations

from collections.abc import Mapping

DOORWAY_ONLY = (
    *("doorway_english", "doorway_interpreter", "doorway_message", "doorway_ring"),
    *("doorway_nobody", "doorway_noted"),
)
"""Phrases said in a doorway alone: never in the first language, which they are written in."""
DOORWAY_KEYS: Mapping[str, str] = {"doorway_message": "1", "doorway_ring": "2"}
"""The choices of a doorway, and their keys."""
DOORWAY_TEXT = "sms_language"
"""What is texted to who texts in the language."""
DOORWAY = (
    *("this_language", "greeting", "for_person", "find_person", "message_say", "danger"),
    *DOORWAY_ONLY,
    DOORWAY_TEXT,
)
"""All that a doorway says: a few sentences of a language that lead to a person."""
