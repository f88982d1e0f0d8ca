"""The real content with doorways that somebody has signed for, as the shipped one has none on."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from ivr.content import po
from ivr.content.languages import opened
from tests.support.paths import ROOT

ROMANIAN = {"say": "Google.ro-RO-Standard-B", "tag": "ro-RO"}


def content(root: Path, **doors: dict[str, str]) -> Path:
    """The shipped content at ``root`` with these lines in ``doorways``; nothing is signed."""
    shutil.copytree(ROOT / "prompts", root)
    return switched_on(root, **doors)


def switched_on(root: Path, **doors: dict[str, str]) -> Path:
    """The content with these doorways in line.yaml."""
    line = YAML().load(root / "line.yaml")
    line["doorways"] = doors
    YAML().dump(line, root / "line.yaml")
    return root


def signed(root: Path, *langs: str, second_reader: str = "C") -> Path:
    """The content with all that is drafted in these languages signed, as it stands now."""
    for lang in langs:
        stands = opened(root).stands(lang)
        entries = [po.Entry(each.sentence, each.words, False) for each in stands if each.words]
        people = {"by": "A", "reviewed_by": "B", "second_reader": second_reader}
        po.sign(root, lang, people, date(2026, 11, 30), entries)
    return root


def romanian(root: Path) -> Path:
    """The shipped content with a signed doorway in Romanian, on key 6."""
    return signed(content(root, ro=ROMANIAN), "ro")
