"""The content opened for those who look after its languages: each sentence and how it stands.

Owns what is asked of a language that may not be switched on yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.content import po, schema
from ivr.content.files import Files, files_of
from ivr.content.load import Content, joined
from ivr.content.source import Reading
from ivr.content.translation import SignOff, Stand, signed, stands


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of some content, whether or not they are switched on."""

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

    def signs(self, lang: str) -> dict[str, tuple[str, SignOff]]:
        """The seal of each sentence that was signed, by its name, and who has signed it."""
        return signed(Reading(self.reading.files, self.reading.root), lang)

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

    def entries(self, lang: str, file: str, raw: bytes, *, over: bool = False) -> list[po.Entry]:
        """What stands in a PO file; see ``po.entries``. Raises PoError."""
        known = {each.sentence.name: each for each in self.stands(lang)}
        return po.entries(file, raw, lang, known, self.content.line, over=over)


def opened(root: Path) -> Languages:
    """The content at ``root``. Raises ContentError."""
    return languages_of(files_of(root), root)


def languages_of(files: Files, root: Path | None = None) -> Languages:
    """The languages of these files. Raises ContentError."""
    reading = Reading(files, root)
    content = joined(reading)
    facts = schema.FactsFile.model_validate(reading.sources["facts.yaml"].plain)
    return Languages(content, reading, facts)
