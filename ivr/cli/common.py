"""What most verbs need: the content or plain words about what is wrong with it, options, pages.

Knows no database, which takes half a second to load: see ``kept``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ivr.cli.settings import settings_in_words, settings_or_stop
from ivr.cli.words import with_chosen_words
from ivr.config import ROOT, Settings
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.config.extras import ExtraMissingError
from ivr.content import ContentError, load
from ivr.line.model import Line

AS_JSON = click.option("--json", "as_json", is_flag=True, help="The same for programs.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
FOLDER = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT / "var",
    help="The folder for the page and the paper (var).",
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that is there."""
FORGET = click.option(
    "--new-reference-key", "forget", is_flag=True, help="Forget every STOP: that key is lost."
)


class Written(click.ParamType):
    """A date or a time, as ``how`` shows it."""

    def __init__(self, name: str, read: Callable[[str], date], how: str) -> None:
        self.name, self._read, self._how = name, read, how

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """See click."""
        if isinstance(value, date):
            return value
        try:
            return self._read(value)
        except ValueError:
            says = f"{value} is not a {self.name}. Write {self._how}"
            raise click.UsageError(says, ctx) from None


DAY = Written("date", date.fromisoformat, "the year, month and day like this: 2026-06-15")
MOMENT = Written("time", datetime.fromisoformat, "date and time like this: 2026-12-24T11:00")


def line_or_stop(**changes: str) -> tuple[Settings, Line]:
    """Settings with ``changes`` on top, and the content; or the verb's end with every fault.

    The content is what the verb was told to read: see ``words``.
    """
    settings = with_chosen_words(settings_or_stop(**changes))
    with in_words(settings.content_dir):
        return settings, load(settings.content_dir)


def language_or_stop(line: Line, lang: str | None) -> str:
    """A language of the line, the first where none is asked for; or the verb's end."""
    lang = lang or line.languages[0]
    if lang not in line.languages:
        raise click.ClickException(f"the line speaks {', '.join(line.languages)}, and not {lang}")
    return lang


@contextmanager
def in_words(root: Path) -> Iterator[None]:
    """End the verb with every fault that settings or content, in ``root``, turn out to have."""
    with settings_in_words():
        try:
            yield
        except ContentError as error:
            lines = "\n".join(f"  {root.name}/{fault}" for fault in error.faults)
            raise click.ClickException(f"the content has faults:\n{lines}") from None


@contextmanager
def plainly(*errors: type[Exception]) -> Iterator[None]:
    """End the verb with what these errors say of themselves."""
    try:
        yield
    except errors as error:
        raise click.ClickException(str(error)) from None


def demo_or_stop(**changes: str) -> Settings:
    """The settings of the demo line, with content that can be used, or the verb's end."""
    if settings_or_stop(**changes).twilio_account_sid != DEMO_ACCOUNT_SID:
        raise click.ClickException("this rings the demonstration line only; unset TWILIO_*")
    return line_or_stop(**changes)[0]


def agreed(yes: bool, question: str) -> None:
    """End the verb unless it was agreed to, by --yes or in answer to the question."""
    if not (yes or click.confirm(question)):
        raise click.ClickException("nothing was changed")


def show(rows: Iterable[str]) -> None:
    """Print these rows."""
    for row in rows:
        click.echo(row)


def page_and_paper(page: str, out: Path, use: str, write: Callable[[str, Path], int]) -> int:
    """Write a page into a file, and ``write`` the same as PDF beside it; how many pages that has.

    ``use``: what the page is for. None, where the PDF cannot be made; it is said why.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    html, paper = out.with_suffix(".html"), out.with_suffix(".pdf")
    html.write_text(page, encoding="utf-8")
    click.echo(f"{html}: {use}")
    try:
        return write(page, paper)
    except ExtraMissingError as error:
        click.echo(f"The PDF was not made. {error}")
        return 0
