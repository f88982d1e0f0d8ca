"""``ivr script``: everything the line says, to read: in the terminal, on a screen or on paper."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.common import FOLDER, language_or_stop, line_or_stop, page_and_paper
from ivr.cli.words import any_words
from ivr.reports import for_a_lawyer as lawyer
from ivr.reports import pdf
from ivr.reports import script as pages


@click.command()
@click.option("--large-print", is_flag=True, help="Write a page (HTML) and a paper (PDF).")
@FOLDER
@click.option("--lang", help="A language other than the first.")
@click.option("--for-a-lawyer", is_flag=True, help="Print docs/for-a-lawyer.md instead.")
@any_words
def script(large_print: bool, out: Path, lang: str | None, for_a_lawyer: bool) -> None:
    """Print everything the line says, for people who cannot hear it or want it on paper.

    Without an option it is plain text. With --large-print it is a page for a screen or telephone,
    and the same as a PDF in large print. The PDF needs: sh tools/setup.sh print

    \b
      ivr script
      ivr script --large-print
      ivr script --for-a-lawyer > docs/for-a-lawyer.md
    """
    settings, line = line_or_stop()
    if for_a_lawyer:
        click.echo(lawyer.page(line), nl=False)
        return
    paper = pages.paper(line, language_or_stop(line, lang), settings.line_number)
    if not large_print:
        click.echo(pages.plain(paper), nl=False)
        return
    page, name = pages.html(paper), out / "script"
    if count := page_and_paper(page, name, "to read on a screen", pdf.write):
        click.echo(f"{name.with_suffix('.pdf')}: {count} pages to print")
