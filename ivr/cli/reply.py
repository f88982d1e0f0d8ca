"""``ivr reply``: what a text would be answered and what would be done, without doing it.

Owns what is shown. Nothing is sent, counted or kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from ivr.cli.common import DAY, line_or_stop
from ivr.cli.words import any_words
from ivr.config import LONDON
from ivr.line.model import Line
from ivr.line.numbers import one_form
from ivr.texts.tried import MOBILE, Tried, tried


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
        found = tried(line, body, one_form(number) or number, day)
        if as_json:
            click.echo(json.dumps(asdict(found), ensure_ascii=False))
        else:
            click.echo("\n".join(_for_people(line, body, found)))


def _bodies(file: Path | None) -> list[str]:
    """The texts of a file, as they stand on its lines."""
    return file.read_text(encoding="utf-8").rstrip("\n").split("\n") if file else []


def _for_people(line: Line, body: str, found: Tried) -> Iterator[str]:
    yield body
    yield f"  Understood: {'; '.join(found.understood(line))}."
    yield from (f"  Answer: {told}" for told in found.says)
    if not found.says:
        yield "  No answer."
    yield f"  {' '.join(found.done())}"
