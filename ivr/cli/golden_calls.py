"""``ivr golden-calls``: make every golden call again, and keep what was heard."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ivr.app import create_app
from ivr.cli.common import line_or_stop
from ivr.line.model import Line
from ivr.simulator import golden_calls as calls
from ivr.simulator import golden_names as names


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; say which differ, and fail if any do.")
@click.option("--add", is_flag=True, help="Also write the calls that are missing, and make them.")
def golden_calls(check: bool, add: bool) -> None:
    """Make every golden call again, and keep what was heard.

    A golden call is a file under prompts/golden_calls: who rings when, and what they press.
    What they hear is kept beside it, so that a change of wording or behaviour is seen before
    callers meet it. A call that no longer reaches what its name says is not kept, nor is one
    without all its recordings; each topic without a call is named. Ends with status 1 then.
    """
    settings, line = line_or_stop()
    folder = settings.content_dir
    wrong, silent = _missing(line, folder, add and not check), list[str]()
    for script in calls.golden_calls(folder):
        at, file = datetime.fromisoformat(script.at), calls.golden(folder, script)
        with calls.passing(settings, create_app, line_clock=at) as (app, changed):
            made = calls.make(app, changed, script)
        heard = "\n".join(made.transcript) + "\n"
        if reached := names.lost(line, script, made):
            wrong = True
            do = f"change the keys in {file.with_suffix('.yaml')}, or delete it"
            click.echo(f"not kept: {script.name} does not reach {reached}: {do}", err=True)
        elif lacking := names.unrecorded(made):
            silent += lacking
        elif not file.is_file() or file.read_text() != heard:
            wrong |= check
            click.echo(f"{'differs' if check else 'written'}: {script.name}")
            if not check:
                file.write_text(heard)
    if silent:
        says = f"without a recording ({len(set(silent))}), such as “{silent[0][:60]}”"
        click.echo(f"not kept: calls with sentences {says}: run make record", err=True)
    if wrong or silent:
        raise SystemExit(1)


def _missing(line: Line, folder: Path, add: bool) -> bool:
    """Whether topics stay without a call. Each is offered, and written with ``add``."""
    known = {script.name for script in calls.golden_calls(folder)}
    offered = list(names.missing(line, known))
    for name, content in offered:
        if add:
            file = folder / "golden_calls" / f"{name}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            click.echo(f"added: {name}")
        else:
            click.echo(f"missing: {name}. To add it: ivr golden-calls --add", err=True)
    return bool(offered) and not add
