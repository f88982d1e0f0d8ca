"""One thing that is wrong, and every piece of wording with the place it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.line import Line
from ivr.wording import TopicWords


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: the rule, where (from ``prompts/`` on), what, and what to do."""

    rule: str
    where: str
    what: str
    do: str


def topics(line: Line) -> Iterator[tuple[str, TopicWords]]:
    """Every topic in every language, with its file."""
    for lang, wording in line.wordings.items():
        for name, topic in wording.topics.items():
            yield f"{lang}/topics/{name}.yaml", topic


def spoken(line: Line) -> Iterator[tuple[str, str]]:
    """Every piece of wording that is spoken, with where it stands."""
    for lang, wording in line.wordings.items():
        for name, phrase in wording.says.items():
            if name != "text_menu":
                yield f"{lang}/says.yaml {name}", phrase
        for name, menu in wording.menus.items():
            for field in ("label", "name", "help", "question"):
                if text := getattr(menu, field):
                    yield f"{lang}/menus.yaml {name}.{field}", text
    for file, topic in topics(line):
        for number, part in enumerate(topic.parts, start=1):
            yield f"{file} part {number}", part.says
        yield f"{file} summary", topic.summary
        yield f"{file} label", topic.label
