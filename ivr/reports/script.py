"""The whole line as a text: for who cannot hear it, and for who wants it on paper.

Owns menus, questions and topics on paper, and how the paper is set as HTML and as plain text. All
else is written in ``templates/script.yaml``. What the line says comes from the flow (``ear``), so
that it is what a caller hears; no clock and no setting is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import takewhile
from textwrap import fill
from typing import Any

from ivr.line.model import Line
from ivr.reports.ear import Ear
from ivr.reports.front import hours, keywords, values
from ivr.reports.pages import rendered
from ivr.reports.paper import Chapter, Paper, Row, Section, head
from ivr.reports.sections import Writer, section, written

FRAME = "en-GB"
"""The language of the paper's own sentences."""
WIDTH = 78
"""Characters of a line of plain text."""


def paper(line: Line, lang: str, number: str) -> Paper:
    """The line in one language. ``number`` is its own, in E.164.

    A section about a node bears its name, which links are made from. All other names hold a
    dash, which no menu or topic may, so that none is there twice.
    """
    script = written()
    ear = Ear(line, lang, script["calls"])
    fills = {"hours": partial(hours, line), "keywords": partial(keywords, line)}
    writer = partial(Writer, ear, values(line, number), fills)
    chapters = (
        Chapter(name, chapter["title"], (*_sections(writer, chapter), *_nodes(ear, chapter)))
        for name, chapter in script["chapters"].items()
        if writer().is_so(chapter)
    )
    return Paper(line.name, tuple(writer().rows(script["cover"])), tuple(chapters))


def _sections(writer: partial[Writer], chapter: dict[str, Any]) -> Iterator[Section]:
    for name, each in chapter.get("sections", {}).items():
        yield section(writer(), name, each.get("title", ""), each["rows"])


def _nodes(ear: Ear, chapter: dict[str, Any]) -> Iterator[Section]:
    """The menus, questions or topics of a chapter that has them."""
    line = ear.line
    for name in nodes(line):
        menu = line.menus.get(name)
        kind = ("questions" if menu.question else "menus") if menu else "topics"
        if kind == chapter.get("nodes") and (menu or name in line.topics):
            yield _menu(ear, name) if menu else _topic(ear, name)


def nodes(line: Line) -> tuple[str, ...]:
    """Every menu and topic that a key leads to, nearest first, as callers meet them."""
    keys, found = line.keys(), [line.start]
    for name in found:
        found += [to for to in dict.fromkeys(keys[name].values()) if to not in found]
    return tuple(found)


def _menu(ear: Ear, name: str) -> Section:
    """A menu or question, and the help that comes when nothing is pressed for a while."""
    call = ear.call(f"morning @{name}")
    phrases = set(ear.words.says.values())
    own_help = [row for row in call.follow(". .").rows(call) if row.words not in phrases]
    return _node(ear, name, (*call.rows(), head("If you press nothing for a while"), *own_help))


def _topic(ear: Ear, name: str) -> Section:
    """A topic to its end, part by part, and the same as a text message."""
    said, tag = ear.words.topics[name], ear.line.voices[ear.lang].tag
    rows: list[Row] = []
    call = ear.call(f"morning @{name}")
    for _ in said.parts:
        rows += call.rows()
        call = call.follow(".")
    end = call.rows()
    summary = list(takewhile(lambda row: row.kind == "said", end))
    rows += [*summary, head("What you can do next"), *end[len(summary) :]]
    return _node(ear, name, (*rows, head("As a text message"), Row("text", said.text, tag)))


def _node(ear: Ear, name: str, rows: tuple[Row, ...]) -> Section:
    """A section whose title is what the line says on arrival; "Part 1 of 3." heads its part."""
    says = ear.words.say
    count = len(ear.words.topics[name].parts) if name in ear.words.topics else 0
    heads = {says("in_short"), *(says("part", n=n, m=count) for n in range(1, count + 1))}
    title = ear.words.title(name)
    shown = (
        Row("head", _without_stop(row.words), row.tag) if row.words in heads else row
        for row in rows
        if row.words != title
    )
    return Section(name, _without_stop(title), tuple(shown), ear.line.voices[ear.lang].tag)


def _without_stop(words: str) -> str:
    return words.removesuffix(".")


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
            yield f"  {row.key}: {row.words}"
        case _:
            indent = "" if row.kind == "note" else "  "
            yield fill(row.words, WIDTH, initial_indent=indent, subsequent_indent=indent)
