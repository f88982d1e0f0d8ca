"""Inputs that are kept: one file each, under ``tests/kept_inputs``, in the folder of their reader.

Owns where they lie and what they are called: ``failed-…`` brought an error once, ``reached-…`` was
chosen because it reaches code that others do not. Knows nothing of how they are come by.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT

KEPT = ROOT / "tests" / "kept_inputs"
FAILED, REACHED = "failed", "reached"
AGAIN = ".venv/bin/python -m tests.proof.odd_input"


@dataclass(frozen=True)
class Finding:
    """An input that a reader fell over, and the error as Python told it."""

    name: str
    data: bytes
    said: str


def kept(name: str, folder: Path = KEPT) -> dict[str, bytes]:
    """The inputs that are kept for a reader, by the name of their file."""
    return {file.name: file.read_bytes() for file in sorted((folder / name).glob("*-*"))}


def keep(name: str, data: bytes, why: str, folder: Path = KEPT) -> Path:
    """Write an input down; the same one always in the same file."""
    file = folder / name / f"{why}-{hashlib.sha256(data).hexdigest()[:12]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def told(finding: Finding, file: Path) -> str:
    """What was found, where it lies and what to do, for somebody who has never done this."""
    at = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    return f"""
{finding.said.strip()}

Something was found: the reader “{finding.name}” fell over an input. All of the error stands above.

  What happened   {finding.said.strip().splitlines()[-1][:200]}
  The input       {finding.data[:200]!r}{" …" if len(finding.data) > 200 else ""}
  It was put in   {at}

What to do:

  1. See it happen again:  {AGAIN} {at}
  2. Mend the line, so that the input is answered or refused in words. If the line is right, mend
     what tests/proof/odd_targets.py asks of it.
  3. Keep the file with your change: "make test" gives it to the reader each time from now on.
  4. Search again:  make fuzz
"""
