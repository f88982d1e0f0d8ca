"""``ivr poster``: a sheet of A4 with the number and the keys, to pin up."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.common import line_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import ROOT
from ivr.config.extras import ExtraMissingError
from ivr.reports import pdf
from ivr.reports import poster as pages


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "var",
              help="The folder for the page and the paper (var).")  # fmt: skip
def poster(out: Path) -> None:
    """Write a poster with the number and the keys: a page (HTML), and a sheet of A4 (PDF).

    The PDF needs: sh tools/setup.sh print

    \b
      ivr poster
    """
    settings = settings_or_stop()
    line = line_or_stop(settings.content_dir)
    html = pages.html(line, line.languages[0], settings.line_number)
    out.mkdir(parents=True, exist_ok=True)
    (out / "poster.html").write_text(html, encoding="utf-8")
    click.echo(f"{out / 'poster.html'}: to look at, or to print from a browser")
    try:
        pdf.write(html, out / "poster.pdf")
    except ExtraMissingError as error:
        click.echo(f"The PDF was not made. {error}")
        return
    click.echo(f"{out / 'poster.pdf'}: to print")
