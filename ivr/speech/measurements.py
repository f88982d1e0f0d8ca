"""``audio/measured.json``: what each recording measures, kept so that a check takes seconds.

Owns that file. A recording is named by its bytes, so what it measures stays true; when the way of
measuring changes, everything is measured anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from inspect import getsource
from pathlib import Path

from ivr.speech import frames, measure, telephone
from ivr.speech.figures import Measured

NAME = "measured.json"
HASHED = 16
"""Characters of its hash that a recording is named by."""


def read(audio: Path) -> dict[str, Measured]:
    """What is kept, by file; nothing where it was measured in another way, or is damaged.

    Nothing is lost by that: it is measured again.
    """
    try:
        kept = json.loads((audio / NAME).read_text(encoding="utf-8"))
        rows = kept["clips"] if kept["how"] == _how() else {}
        return {file: _measured(row) for file, row in rows.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write(audio: Path, measured: Mapping[str, Measured]) -> None:
    """Keep this, one recording a line, in one piece: a reader sees the old or the new."""
    rows = [
        f"{json.dumps(file)}: {json.dumps(asdict(measured[file]))}" for file in sorted(measured)
    ]
    text = f'{{"how": "{_how()}", "clips": {{\n' + ",\n".join(rows) + "\n}}\n"
    fresh = audio / (NAME + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(audio / NAME)


def named_by_its_bytes(path: Path) -> bool:
    """Whether a recording is what its name says: nobody has put another in its place."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest()[:HASHED] == path.stem


def _how() -> str:
    """The way of measuring: a hash of the code that does it."""
    code = "".join(getsource(part) for part in (frames, measure, telephone))
    return hashlib.sha256(code.encode()).hexdigest()[:HASHED]


def _measured(row: dict[str, object]) -> Measured:
    gaps = row.pop("gaps")
    if not isinstance(gaps, list):
        raise TypeError("gaps are a list")
    return Measured(**row, gaps=tuple((start, length) for start, length in gaps))  # type: ignore[arg-type]
