"""``ivr fallback``: the document that helps callers while the line itself is away.

Owns how it is written and compared. What it says is in ``ivr.twiml.fallback``.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import ParseError

import click
import requests

from ivr.cli.common import line_or_stop
from ivr.cli.kept import roster_or_usual
from ivr.cli.words import any_words
from ivr.twiml.fallback import fallback_document, same

TIMEOUT = 10


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; else it is shown.")
@click.option("--check", "other", metavar="FILE_OR_ADDRESS", help="Is this still the same?")
@any_words
def fallback(out: Path | None, other: str | None) -> None:
    """Write the fallback document: one TwiML document, to be kept outside this machine.

    Put it where the fallback address of your number points, such as a TwiML Bin in Twilio's
    console. When nothing here answers, Twilio reads it to callers: it says that the line is not
    working, rings the first adviser (of the page Advisers, else of ADVISER_NUMBER), and tells every
    topic in short. It cannot know the opening hours, so that the adviser's telephone may ring when
    nobody is there.

    With --check the document that is in use is compared with what it should be now; the exit
    status is 1 when they differ. Do that once a day, and after every change of the words.

    \b
      ivr fallback --out fallback.xml
      ivr fallback --check https://handler.twilio.com/twiml/EH...
    """
    settings, line = line_or_stop()
    adviser = next(iter(roster_or_usual(settings).numbers.values()), "")
    document = fallback_document(line, settings.line_number, adviser)
    if other:
        _compare(other, document)
        return
    if out is None:
        click.echo(document.decode(), nl=False)
        return
    out.write_bytes(document)
    click.echo(f"Written: {out} ({len(document):,} bytes).")


def _compare(other: str, document: bytes) -> None:
    try:
        unchanged = same(_fetched(other), document)
    except (OSError, ParseError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{other} cannot be read: {error}") from None
    if not unchanged:
        click.echo(
            f"{other} is not what it should be. Write it anew: ivr fallback --out fallback.xml"
        )
        raise SystemExit(1)
    click.echo(f"{other} is as it should be.")


def _fetched(other: str) -> bytes:
    if not other.startswith(("https://", "http://")):
        return Path(other).read_bytes()
    answer = requests.get(other, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.content
