"""The content opened for those who look after its languages: each sentence and how it stands.

Owns what is asked of a language that may not be switched on yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.content import po, schema
from ivr.content.files import files_of
from ivr.content.load import Content, joined
from ivr.content.source import Reading
from ivr.content.translation import Sentence, Stand, stands


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of the content at ``root``, whether or not they are switched on."""

    root: Path
    content: Content
    reading: Reading
    facts: schema.FactsFile

    @property
    def first(self) -> str:
        """The language that the others are translated from."""
        return self.content.line.languages[0]

    def all(self) -> list[str]:
        """Every further language that has a file or stands in line.yaml."""
        named = {name.partition("/")[0] for name in self.reading.files if "/" in name}
        return sorted((named | set(self.content.lacks)) - {self.first})

    def stands(self, lang: str) -> list[Stand]:
        """How each sentence of a language stands."""
        return stands(self.reading, lang, self.first, self.facts)

    def switched_on(self, lang: str) -> bool:
        """Whether callers are offered it."""
        return lang in self.content.line.languages

    def units(self, lang: str) -> tuple[str, ...]:
        """What callers of it can hear; nothing while it is off."""
        line = self.content.line
        return line.units(lang) if lang in line.offered else ()

    def like(self, file: str) -> Any:
        """A file of the first language."""
        return self.reading.sources[f"{self.first}/{file}"].plain

    def entries(self, lang: str, file: str, raw: bytes) -> list[po.Entry]:
        """What stands in a PO file. Raises PoError."""
        known: Mapping[str, Sentence] = {
            each.sentence.name: each.sentence for each in self.stands(lang)
        }
        return po.entries(file, raw, lang, known, self.content.line)


def opened(root: Path) -> Languages:
    """The content at ``root``. Raises ContentError."""
    reading = Reading(files_of(root), root)
    content = joined(reading)
    facts = schema.FactsFile.model_validate(reading.sources["facts.yaml"].plain)
    return Languages(root, content, reading, facts)
