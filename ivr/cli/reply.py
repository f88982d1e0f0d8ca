"""``ivr reply``: what a text would be answered and what would be done, without doing it.

Owns what is shown. Nothing is sent, counted or kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from ivr import texts
from ivr.cli.common import DAY, line_or_stop
from ivr.cli.words import any_words
from ivr.config import LONDON
from ivr.line.model import Line
from ivr.line.numbers import mobile, one_form, ringable

MOBILE = "+447700900123"
REFERENCE = "0000"
"""In place of the four digits of a request to be rung back, which only a real one has."""


@click.command()
@click.argument("text", required=False)
@click.option("--from", "number", default=MOBILE, show_default=True, help="Who texts.")
@click.option("--today", type=DAY, help="Another day than today in London.")
@click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Texts to answer, one a line.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One object a line, for programs.")
@any_words
def reply(
    text: str | None, number: str, today: date | None, file: Path | None, as_json: bool
) -> None:
    """Say what TEXT would be answered, and what would be done.

    Nothing is sent, counted or kept. It is answered as if it were the first text of its number:
    limits, an earlier STOP and a question that was asked before are not looked at.

    \b
      ivr reply "letter dated 3 november 2026"
      ivr reply --json "please ring me" --from +442079460123
      ivr reply --json --file texts.txt --today 2026-11-24
    """
    if (text is None) == (file is None):
        raise click.UsageError("Give one text, or --file and a file of texts.")
    _, line = line_or_stop()
    day = today or datetime.now(LONDON).date()
    bodies = [text] if text is not None else _bodies(file)
    for body in bodies:
        found = replied(line, body or "", one_form(number) or number, day)
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            click.echo("\n".join(_for_people(body or "", found)))


def replied(line: Line, body: str, number: str, today: date) -> dict[str, list[str]]:
    """What is understood, said and done."""
    asked = texts.asked(line, body, today)
    taken = texts.taken(body)
    rung = REFERENCE if ringable(number) else "cannot"
    told = () if taken and not asked.danger else texts.whole(line, asked, today, body, rung)
    if told and not mobile(number):
        told = told[:1] if asked.danger else (texts.shortest(line, told, mobile=False),)
    kinds = texts.kinds(line, asked)
    return {"kinds": kinds, "says": list(told), "does": texts.does(asked)}


def _bodies(file: Path | None) -> list[str]:
    """The texts of a file, as they stand on its lines."""
    return file.read_text(encoding="utf-8").rstrip("\n").split("\n") if file else []


def _for_people(body: str, found: dict[str, list[str]]) -> Iterator[str]:
    yield f"{body}"
    yield f"  understood: {', '.join(found['kinds']) or 'nothing'}"
    yield from (f"  says: {told}" for told in found["says"] or ["nothing"])
    yield f"  does: {', '.join(found['does']) or 'nothing'}"
