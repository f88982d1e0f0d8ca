"""``ivr texts-examples``: the texts that staff say were misunderstood, as examples to learn from.

Owns how they are written: as the files of ``prompts/en/texts``, a label, a tab, the text.
"""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.kept import kept_or_stop
from ivr.cli.settings import settings_or_stop


@click.command()
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path),
              help="A file to write them to, instead of the screen.")  # fmt: skip
@click.option("--forget", is_flag=True, help="Delete them here once they are written.")
def texts_examples(file: Path | None, forget: bool) -> None:
    """Write the texts that staff say were misunderstood, one a line: label, tab, text.

    Look at each before you add it to a file of prompts/en/texts: no names, no numbers. Then: make
    texts-model. They are deleted by themselves after 90 days.

    \b
      ivr texts-examples
      ivr texts-examples --to staff.tsv --forget
    """
    with kept_or_stop(settings_or_stop()) as kept:
        rows = [f"{label}\t{text}\n" for label, text in kept.examples.all()]
        if file:
            file.write_text("".join(rows), encoding="utf-8")
            click.echo(f"{len(rows)} written to {file}.")
        else:
            click.echo("".join(rows), nl=False)
        if forget:
            kept.examples.clear()
