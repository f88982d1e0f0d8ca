"""The whole line as a text: for who cannot hear it, and for who wants it on paper.

Owns what stands in the printed script, in which order, and how it is set as HTML and as plain
text. What the line says comes from the flow (``ear``), so that it is what a caller hears; no
clock and no setting is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from textwrap import fill

from jinja2 import Environment, PackageLoader

from ivr.line.model import Line
from ivr.reports.ear import Reader, ear
from ivr.reports.front import cover, front
from ivr.reports.last_day import last_day
from ivr.reports.moments import moments
from ivr.reports.paper import Chapter, Paper, Row, Section, head, note
from ivr.reports.people import people

FRAME = "en-GB"
"""The language of the paper's own sentences."""
WIDTH = 78
"""Characters of a line of plain text."""


def paper(line: Line, lang: str, number: str) -> Paper:
    """The line in one language. ``number`` is its own, in E.164.

    A section about a node bears its name, which links are made from. All other names hold a
    dash, and none is that of a topic.
    """
    caller = ear(line, lang)
    found = nodes(line)
    menus = [name for name in found if name in line.menus and not line.menus[name].question]
    asked = [name for name in found if name in line.menus and line.menus[name].question]
    questions = (_menu(caller, name) for name in asked)
    topics = [_topic(caller, name) for name in found if name in line.topics]
    first = (_opening(caller), *(_menu(caller, name) for name in menus))
    return Paper(
        line.name,
        tuple(cover(line, number)),
        (
            Chapter("before-a-call", "Before you ring", front(line, lang, number)),
            Chapter("first-words", "What you hear first", first),
            Chapter("questions-asked", "Questions you may be asked", tuple(questions)),
            Chapter("all-topics", "The advice", tuple(topics)),
            *_forms(line, lang),
            Chapter("to-a-person", "Reaching a person", people(line, lang)),
            Chapter("during-a-call", "During your call", moments(line, lang)),
        ),
    )


def _forms(line: Line, lang: str) -> tuple[Chapter, ...]:
    sections = last_day(line, lang)
    return (Chapter("last-day", "Work out a date", sections),) if sections else ()


def nodes(line: Line) -> tuple[str, ...]:
    """Every menu and topic that a key leads to, nearest first, as callers meet them."""
    keys, found = line.keys(), [line.start]
    for name in found:
        found += [to for to in dict.fromkeys(keys[name].values()) if to not in found]
    return tuple(found)


def _opening(caller: Reader) -> Section:
    rows = (
        *caller.rows(caller.ring()),
        note(
            "If there is news for the day, it comes before the choices. Then the line waits. "
            "You can press a key at any time."
        ),
    )
    return Section("the-opening", "The start of a call", rows)


def _menu(caller: Reader, name: str) -> Section:
    """A menu or question, and the help that comes when nothing is pressed for a while."""
    turn = caller.come(name)
    phrases = set(caller.words.says.values())
    helped = caller.rows(caller.wait(caller.wait(turn)), turn)
    own_help = [row for row in helped if row.words not in phrases]
    rows = (*caller.rows(turn), head("If you press nothing for a while"), *own_help)
    return _node(caller, name, rows)


def _topic(caller: Reader, name: str) -> Section:
    """A topic to its end, part by part, and the same as a text message."""
    said, tag = caller.words.topics[name], caller.line.voices[caller.lang].tag
    rows: list[Row] = []
    turn = caller.come(name)
    for _ in said.parts:
        rows += caller.rows(turn)
        turn = caller.wait(turn)
    end = caller.rows(turn)
    summary = list(takewhile(lambda row: row.kind == "said", end))
    rows += [*summary, head("What you can do next"), *end[len(summary) :]]
    return _node(caller, name, (*rows, head("As a text message"), Row("text", said.text, tag)))


def _node(caller: Reader, name: str, rows: tuple[Row, ...]) -> Section:
    """A section whose title is what the line says on arrival; "Part 1 of 3." heads its part."""
    says = caller.words.say
    count = len(caller.words.topics[name].parts) if name in caller.words.topics else 0
    heads = {says("in_short"), *(says("part", n=n, m=count) for n in range(1, count + 1))}
    title = caller.words.title(name)
    shown = (
        Row("head", _without_stop(row.words), row.tag) if row.words in heads else row
        for row in rows
        if row.words != title
    )
    return Section(name, _without_stop(title), tuple(shown), caller.line.voices[caller.lang].tag)


def _without_stop(words: str) -> str:
    return words.removesuffix(".")


def html(paper: Paper) -> str:
    """The paper as one HTML file that needs nothing else."""
    pages = Environment(
        loader=PackageLoader("ivr.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["end_kept"] = _end_kept
    return pages.get_template("script.html").render(paper=paper, frame=FRAME)


def _end_kept(words: str) -> str:
    """A choice whose key does not stand alone on the next line."""
    start, space, key = words.rpartition(" ")
    return start + "\N{NO-BREAK SPACE}" * len(space) + key


def plain(paper: Paper) -> str:
    """The paper as text for a terminal, a screen reader or a braille line."""
    return "\n".join(_lines(paper)) + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield from (paper.title, "=" * len(paper.title))
    for row in paper.cover:
        yield from _plain_row(paper, row)
    for chapter in paper.chapters:
        yield from ("", "", chapter.title, "=" * len(chapter.title))
        for section in chapter.sections:
            yield from ("", section.title, "-" * len(section.title))
            for row in section.rows:
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
