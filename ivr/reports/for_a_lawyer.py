"""Every sentence that leans on a rule, beside that rule: for whoever checks the law, or its change.

Owns which sentence says which fact, and the page with a box to tick for each. Made from the content
alone, so that it is never older than the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ivr.content.checks.facts import missing
from ivr.content.checks.reading import sentences
from ivr.line.model import Fact, Line
from ivr.line.wording import PartWords

NO_RULE = "Council "
"""How sources begin that are no rule: the council's leaflet and its website."""
SHORT = re.compile(r"^(reg|s)(?:ulation|ection)s?$", re.IGNORECASE)
"""Words that sources also write short: "Reg 5", "s.36"."""
HEAD = """\
# For a lawyer: what the line says, beside the law it leans on

This page is made from the words of the line with `ivr script --for-a-lawyer`; it cannot be edited.
It takes about an hour. Tick a box where the sentence is right in law, and enough for a parent who
hears nothing else. Where it is not, write beside it what would be. Sentences are kept to a reading
age of nine.

When every box is ticked, `reviewed_by` in `prompts/line.yaml` takes your name and the day, and
paper, pages and poster say so. Today they say: “{reviewed}”

How the days are worked out, with examples: [deadlines.md](deadlines.md). What leans on one rule,
once it has changed: `ivr facts regulation 33`.
"""


@dataclass(frozen=True, slots=True)
class LegalSentence:
    """One sentence, or one text: where it stands, and the facts that it says."""

    node: str
    where: str
    words: str
    facts: tuple[str, ...]


def said(line: Line, lang: str) -> Iterator[LegalSentence]:
    """Everything that is said of the facts, topic by topic, then the line's own phrases."""
    words = line.words(lang)
    for name, topic in words.topics.items():
        title, file = words.title(name).removesuffix("."), f"{lang}/topics/{name}.yaml"
        for number, part in enumerate(topic.parts, start=1):
            for sentence in sentences(part.says):
                facts = tuple(_facts_of(line, lang, part, sentence))
                yield LegalSentence(title, f"{file}, part {number}", sentence, facts)
        named = dict.fromkeys(fact for part in topic.parts for fact in part.facts)
        facts = tuple(each for each in named if not missing(line.facts[each], topic.text, words))
        yield LegalSentence(title, f"{file}, text", topic.text, facts)
    yield from _phrases(line, lang)


def _facts_of(line: Line, lang: str, part: PartWords, sentence: str) -> Iterator[str]:
    """The facts of a part some of whose proving words stand in this sentence."""
    in_words = line.words(lang).pieces.in_words
    low = in_words(sentence).lower()
    for name in part.facts:
        if any(in_words(each).lower() in low for each in line.facts[name].heard[lang]):
            yield name


def _phrases(line: Line, lang: str) -> Iterator[LegalSentence]:
    """The phrases and questions that facts name, in the order of their files."""
    words = line.words(lang)
    named: dict[str, list[str]] = {}
    for fact in line.facts:
        for phrase in line.facts[fact].phrases:
            named.setdefault(phrase, []).append(fact)
    for name in words.menus:
        if name in named:
            where, asked = f"{lang}/menus.yaml, {name}", words.menus[name].question
            yield LegalSentence("Questions", where, asked, tuple(named[name]))
    title = "The last day to appeal"
    for name in words.says:
        if name in named:
            yield LegalSentence(
                title, f"{lang}/says.yaml, {name}", words.says[name], tuple(named[name])
            )


def rules_of(fact: Fact) -> tuple[str, ...]:
    """The sources of a fact that are rules, or explain one."""
    return tuple(source for source in fact.sources if not source.startswith(NO_RULE))


def matching(line: Line, asked: tuple[str, ...]) -> dict[str, list[str]]:
    """Each source that holds the words asked for, with its facts: "reg 33" finds regulation 33."""
    words = [SHORT.sub(lambda long: long[1], word) for word in asked]
    wanted = [re.compile(rf"\b{re.escape(word)}(?!\d)", re.IGNORECASE) for word in words]
    found: dict[str, list[str]] = {}
    for name, fact in line.facts.items():
        for source in fact.sources:
            if all(word.search(source) for word in wanted):
                found.setdefault(source, []).append(name)
    return dict(sorted(found.items(), key=lambda item: _by_number(item[0])))


def _by_number(source: str) -> list[tuple[int, str]]:
    """Regulation 4 before regulation 13."""
    return [(int(each or 0), rest) for each, rest in re.findall(r"(\d*)(\D*)", source)]


def page(line: Line) -> str:
    """The page, in Markdown, of the first language."""
    lang = line.languages[0]
    rows = [HEAD.format(reviewed=line.reviewed(lang))]
    rows += ["## What is open", "", *(f"- [ ] {each}" for each in line.open_questions), ""]
    for node, group in groupby(said(line, lang), key=lambda each: each.node):
        rows += [*_table(line, node, list(group)), ""]
    return "\n".join(rows).rstrip() + "\n"


def _table(line: Line, node: str, group: list[LegalSentence]) -> Iterator[str]:
    """A table of the sentences with a rule; the others, which need no box, in one paragraph."""
    yield from (f"## {node}", "", "| right? | it says | leans on | read on |", "|---|---|---|---|")
    rest = []
    for each in group:
        facts = [line.facts[name] for name in each.facts]
        rules = dict.fromkeys(rule for fact in facts for rule in rules_of(fact))
        if not rules:
            rest.append(each)
            continue
        read = max(fact.checked for fact in facts)
        names = ", ".join(each.facts)
        yield f"| ☐ | {each.words} | {'; '.join(rules)} ({names}) | {read:%-d %B %Y} |"
    if rest:
        yield from ("", f"Without a rule: {' '.join(each.words for each in rest)}")
