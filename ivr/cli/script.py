"""``ivr script``: everything the line says, to read: in the terminal, on a screen or on paper."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.common import line_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import ROOT
from ivr.config.extras import ExtraMissingError
from ivr.reports import for_a_lawyer as lawyer
from ivr.reports import pdf
from ivr.reports import script as pages


@click.command()
@click.option("--large-print", is_flag=True, help="Write a page (HTML) and a paper (PDF).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "var",
              help="The folder for the page and the paper (var).")  # fmt: skip
@click.option("--lang", help="A language other than the first.")
@click.option("--for-a-lawyer", is_flag=True, help="Print docs/for-a-lawyer.md instead.")
def script(large_print: bool, out: Path, lang: str | None, for_a_lawyer: bool) -> None:
    """Print everything the line says, for people who cannot hear it or want it on paper.

    Without an option it is plain text. With --large-print it is a page for a screen or telephone,
    and the same as a PDF in large print. The PDF needs: sh tools/setup.sh print

    \b
      ivr script
      ivr script --large-print
      ivr script --for-a-lawyer > docs/for-a-lawyer.md
    """
    settings = settings_or_stop()
    line = line_or_stop(settings.content_dir)
    if for_a_lawyer:
        click.echo(lawyer.page(line), nl=False)
        return
    lang = lang or line.languages[0]
    if lang not in line.languages:
        raise click.ClickException(f"the line speaks {', '.join(line.languages)}, and not {lang}")
    paper = pages.paper(line, lang, settings.line_number)
    if not large_print:
        click.echo(pages.plain(paper), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    _write(pages.html(paper), out)


def _write(html: str, out: Path) -> None:
    page, printed = out / "script.html", out / "script.pdf"
    page.write_text(html, encoding="utf-8")
    click.echo(f"{page}: to read on a screen")
    try:
        count = pdf.write(html, printed)
    except ExtraMissingError as error:
        click.echo(f"The PDF was not made. {error}")
        return
    click.echo(f"{printed}: {count} pages to print")
