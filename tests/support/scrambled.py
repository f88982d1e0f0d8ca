"""A made-up language: the real content with the letters of every word turned round.

Nothing in it is English any more, so that whatever looks for an English word finds none. Fields in
braces and sound marks stay; keys are still figures.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ivr.content import po
from ivr.content.languages import opened
from tests.support.paths import ROOT

LANG = "cy"
TAG = "cy-GB"
KEPT = {"facts", "sources", "reviewed", "by", "owner", "points", "before", "topics", "phonemes"}
"""Names whose values nobody hears."""
NAMES = {"child law advice", "ipsea"}
"""Names of services, which line.yaml fills in and no language changes."""
TOKEN = re.compile(r"\{[^{}]*\}|\[slow: |\[digits: \d+\]|\[pause\]|[^\W\d_]+(?:'[^\W\d_]+)*")


def turned(text: str) -> str:
    """A text with every word's letters turned round."""
    return TOKEN.sub(lambda found: _turned(found[0]), text)


def _turned(token: str) -> str:
    if token[0] in "{[":
        return token
    back = token[::-1]
    return back.capitalize() if token.istitle() else back


def tree(value: Any) -> Any:
    """What stands in a file, turned round."""
    if isinstance(value, dict):
        return {key: each if key in KEPT else tree(each) for key, each in value.items()}
    if isinstance(value, list):
        return [tree(each) for each in value]
    return turned(value) if isinstance(value, str) else value


def proofs_of(fact: Any) -> list[str]:
    """The words that prove a fact in the made-up language."""
    return [words if words in NAMES else turned(words) for words in fact["heard"]]


def beside(root: Path) -> Path:
    """The real content at ``root``, with the made-up language after English."""
    shutil.copytree(ROOT / "prompts", root)
    _written(root)
    facts = YAML().load(root / "facts.yaml")
    proofs = {name: proofs_of(fact) for name, fact in facts.items()}
    YAML().dump(proofs, root / LANG / "facts.yaml")
    (root / LANG / "questions.yaml").unlink()
    _spoken(root, english=True)
    return signed(root)


def signed(root: Path) -> Path:
    """The content at ``root`` with all of the made-up language signed, as it stands now."""
    stands = opened(root).stands(LANG)
    entries = [po.Entry(each.sentence, each.words, fuzzy=False) for each in stands if each.words]
    people = {"by": "A", "reviewed_by": "B", "second_reader": "C"}
    po.sign(root, LANG, people, date(2026, 11, 30), entries)
    return root


def alone(root: Path) -> Path:
    """The same content with the made-up language in the place of English."""
    shutil.copytree(ROOT / "prompts", root)
    _written(root)
    shutil.copytree(root / "en" / "texts", root / LANG / "texts")
    shutil.rmtree(root / "en")
    facts = YAML().load(root / "facts.yaml")
    for fact in facts.values():
        fact["heard"] = proofs_of(fact)
    YAML().dump(facts, root / "facts.yaml")
    return _spoken(root, english=False)


def _written(root: Path) -> None:
    for path in sorted((root / "en").rglob("*.yaml")):
        if path.name != "pronunciation.yaml":
            to = root / LANG / path.relative_to(root / "en")
            to.parent.mkdir(parents=True, exist_ok=True)
            YAML().dump(tree(YAML().load(path)), to)


def _spoken(root: Path, *, english: bool) -> Path:
    line = YAML().load(root / "line.yaml")
    made = {LANG: {"recorded": "none", "say": "Polly.Gwyneth", "tag": TAG}}
    line["languages"] = {**(line["languages"] if english else {}), **made}
    YAML().dump(line, root / "line.yaml")
    return root
