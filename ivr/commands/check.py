"""``ivr check``: everything that is wrong with the content, at once, in plain words."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from ivr.checks import check as findings_of
from ivr.commands.common import line_or_stop, settings_or_stop
from ivr.line import Line
from ivr.speech.manifest import read_library
from ivr.wording import units


@click.command()
@click.option("--content", type=click.Path(path_type=Path), help="A folder other than prompts/.")
@click.option("--json", "as_json", is_flag=True, help="Findings for programs, one list.")
def check(content: Path | None, as_json: bool) -> None:
    """Check the content: files, facts, wording, texts, recordings.

    Names each thing that is wrong with its rule, where it stands and what to do. The exit status
    is 0 when nothing is wrong, else 1.
    """
    settings = settings_or_stop()
    line = line_or_stop(content or settings.content_dir)
    findings = findings_of(line)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.rule}  {finding.where}\n    {finding.what}\n    {finding.do}")
        click.echo(_summary(line, settings.audio_dir))
    if findings:
        raise SystemExit(1)


def _summary(line: Line, audio: Path) -> str:
    """How much there is, and how much of it is recorded."""
    library = read_library(audio)
    rows = []
    for lang in line.languages:
        said = units(line.words(lang), line.keys())
        missing = sum(library.find(lang, "normal", unit) is None for unit in said)
        rows.append(f"{lang}: {len(said)} things to say, {len(said) - missing} recorded")
    return f"{len(line.facts)} facts, {len(line.topics)} topics. " + "; ".join(rows)
