"""``ivr report``: what callers did in a month, on one sheet, or as a table.

Owns the verb's words. The days are counted by the worker, and anew by this verb.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.cli.common import line_or_stop, plainly, show
from ivr.cli.kept import kept_or_stop
from ivr.config import LONDON
from ivr.config.extras import ExtraMissingError
from ivr.reports import monthly, pdf
from ivr.reports.callers import FROM_SHOWN, SERVED, Period, as_csv, month_of, period, sheet
from ivr.services import Services

FILES = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("month", default="")
@click.option("--html", type=FILES, help="Write one sheet for trustees, as a page.")
@click.option("--pdf", "paper", type=FILES, help="Write one sheet for trustees, to print.")
@click.option("--csv", "table", type=FILES, help="Write every number, for a spreadsheet.")
def report(month: str, html: Path | None, paper: Path | None, table: Path | None) -> None:
    """Say what callers did in a MONTH (2026-11) or week (2026-W46); this month without one.

    Numbers are to the nearest 5, and small ones are not shown: nobody can be told from them.
    """
    settings, _ = line_or_stop()
    shown = period(month) if month else month_of(datetime.now(LONDON).date())
    if shown is None:
        raise click.ClickException(f"“{month}” is no month; write it like 2026-11, or 2026-W46")
    with plainly(ExtraMissingError), kept_or_stop(settings, keyed=False) as kept:
        _write(Services(kept), shown, (html, paper, table))


def _write(services: Services, shown: Period, files: tuple[Path | None, ...]) -> None:
    statistics, line = services.kept.statistics, services.content_store.line("")
    statistics.count(datetime.now(UTC))
    span, before = (statistics.between(each.first, each.last) for each in (shown, shown.beside(-1)))
    made = sheet(line, span)
    page = monthly.html(line, shown, span, before)
    html, paper, table = files
    if html:
        html.write_text(page, "utf-8")
    if paper:
        pdf.write(page, paper)
    if table:
        table.write_text(as_csv(made, shown.name), "utf-8")
    for file in filter(None, files):
        click.echo(f"{shown.title}: {file}")
    if not any(files):
        click.echo(f"{shown.title}\n")
        show(f"{number:>20}  {what}" for what, number in made.figures)
        click.echo(f"\n{SERVED}\n{FROM_SHOWN}")
