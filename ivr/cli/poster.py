"""``ivr poster``: a sheet of A4 with the number and the keys, to pin up."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.common import FOLDER, language_or_stop, line_or_stop, page_and_paper
from ivr.cli.words import any_words
from ivr.reports import pdf
from ivr.reports import poster as pages


@click.command()
@FOLDER
@any_words
@click.option("--lang", help="A language other than the first.")
def poster(out: Path, lang: str | None) -> None:
    """Write a poster with the number and the keys: a page (HTML), and a sheet of A4 (PDF).

    The PDF needs: sh tools/setup.sh print

    \b
      ivr poster
    """
    settings, line = line_or_stop()
    html = pages.html(line, language_or_stop(line, lang), settings.line_number)
    use = "to look at, or to print from a browser"
    if page_and_paper(html, out / "poster", use, pdf.write):
        click.echo(f"{out / 'poster.pdf'}: to print")
