"""The whole line as a text: for who cannot hear it, and for who wants it on paper.

Owns which sections there are, and how the paper is set as HTML and as plain text. What stands in
them is written in ``templates/script.yaml``. What the line says comes from the flow (``ear``), so
that it is what a caller hears; no clock and no setting is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from textwrap import fill
from typing import Any

from ivr.line.model import Line
from ivr.reports.ear import Ear
from ivr.reports.front import hours, keywords, values
from ivr.reports.pages import rendered
from ivr.reports.paper import Chapter, Paper, Row, Section
from ivr.reports.sections import Writer, section, written

FRAME = "en-GB"
"""The language of the paper's own sentences."""
WIDTH = 78
"""Characters of a line of plain text."""


def paper(line: Line, lang: str, number: str) -> Paper:
    """The line in one language. ``number`` is its own, in E.164.

    A section about a node bears its name, which links are made from. All other names hold a
    dash, and none is that of a topic.
    """
    script = written()
    ear = Ear(line, lang, script["calls"])
    fills = {"hours": partial(hours, line), "keywords": partial(keywords, line)}
    writer = partial(Writer, ear, values(line, number), fills)
    chapters = (
        Chapter(
            name, chapter["title"], (*_sections(writer, chapter), *_nodes(writer, line, chapter))
        )
        for name, chapter in script["chapters"].items()
        if writer().is_so(chapter)
    )
    return Paper(line.name, tuple(writer().rows(script["cover"])), tuple(chapters))


def _sections(writer: partial[Writer], chapter: dict[str, Any]) -> Iterator[Section]:
    for name, each in chapter.get("sections", {}).items():
        yield section(writer(), name, each.get("title", ""), each["rows"])


def _nodes(writer: partial[Writer], line: Line, chapter: dict[str, Any]) -> Iterator[Section]:
    """The menus, questions or topics of a chapter that has them."""
    for name in nodes(line):
        menu = line.menus.get(name)
        kind = ("questions" if menu.question else "menus") if menu else "topics"
        if kind == chapter.get("nodes") and (menu or name in line.topics):
            rows = [
                {what: words.replace("{node}", name) for what, words in row.items()}
                for row in chapter["rows"]
            ]
            yield section(writer(), name, "", rows)


def nodes(line: Line) -> tuple[str, ...]:
    """Every menu and topic that a key leads to, nearest first, as callers meet them."""
    keys, found = line.keys(), [line.start]
    for name in found:
        found += [to for to in dict.fromkeys(keys[name].values()) if to not in found]
    return tuple(found)


def html(paper: Paper) -> str:
    """The paper as one HTML file that needs nothing else."""
    return rendered("script.html", paper=paper, frame=FRAME)


def plain(paper: Paper) -> str:
    """The paper as text for a terminal, a screen reader or a braille line."""
    return "\n".join(_lines(paper)) + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield from (paper.title, "=" * len(paper.title))
    for row in paper.cover:
        yield from _plain_row(paper, row)
    for chapter in paper.chapters:
        yield from ("", "", chapter.title, "=" * len(chapter.title))
        for each in chapter.sections:
            yield from ("", each.title, "-" * len(each.title))
            for row in each.rows:
                yield from _plain_row(paper, row)


def _plain_row(paper: Paper, row: Row) -> Iterator[str]:
    match row.kind:
        case "head":
            yield from ("", f"{row.words}:")
        case "choice":
            to = paper.title_of(row.to)
            words = f"{row.words} ({to})" if to else row.words
            yield fill(words, WIDTH, initial_indent="  ", subsequent_indent="      ")
        case "keyword":
            yield fill(
                f"{row.key}: {row.words}", WIDTH, initial_indent="  ", subsequent_indent="      "
            )
        case _:
            indent = "" if row.kind == "note" else "  "
            yield fill(row.words, WIDTH, initial_indent=indent, subsequent_indent=indent)
