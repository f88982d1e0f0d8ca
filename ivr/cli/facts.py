"""``ivr facts``: what callers must be able to learn, by the rule it leans on."""

from __future__ import annotations

import click

from ivr.cli.common import line_or_stop
from ivr.cli.words import any_words
from ivr.reports.for_a_lawyer import LegalSentence, matching, said


@click.command()
@click.argument("words", nargs=-1)
@any_words
def facts(words: tuple[str, ...]) -> None:
    """List the facts by source, each with every sentence that leans on it.

    With WORDS only the sources that hold them: when a rule has changed, these are the sentences to
    look at. The exit status is 1 where no source holds them.

    \b
      ivr facts
      ivr facts reg 33
      ivr facts rule 20
    """
    _, line = line_or_stop()
    found = matching(line, words)
    if not found:
        raise click.ClickException(f"No fact has a source with “{' '.join(words)}”.")
    rows = [each for lang in line.languages for each in said(line, lang)]
    for source, names in found.items():
        click.echo(source)
        for name in names:
            fact = line.facts[name]
            click.echo(f"  {name}  {fact.says} (read {fact.checked})")
            for each in rows:
                if name in each.facts:
                    click.echo(f"        {_row(each)}")
        click.echo()


def _row(each: LegalSentence) -> str:
    return f"{each.where}: “{each.words}”"
