"""The opening hours of changed words, apart from everything else that is changed with them.

Owns which values of ``line.yaml`` these are. Pure.
"""

from __future__ import annotations

from ivr.content.edit import changed, value_at, without
from ivr.content.files import Files

FILE, HOURS = "line.yaml", ("hours", "bank_holidays", "other_days")


def with_hours(files: Files, new: Files) -> Files:
    """These files, with the hours, bank holidays and closures of the new ones."""
    text, other = files[FILE].decode(), new[FILE].decode()
    for name in HOURS:
        value = value_at(other, (name,))
        if value == value_at(text, (name,)):
            continue
        text = without(text, (name,)) if value is None else changed(text, (name,), value)
    return {**files, FILE: text.encode()}
