"""``ivr golden-calls``: make every golden call again, and keep what was heard."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from ivr.app import create_app
from ivr.cli.common import line_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.line.model import Line
from ivr.simulator import golden_calls as calls
from ivr.simulator import golden_names as names
from ivr.webhooks.extension import Lifetime, services_of


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
    folder = settings_or_stop().content_dir
    line = line_or_stop(folder)
    wrong, silent = _missing(line, folder, add and not check), list[str]()
    for script in calls.golden_calls(folder):
        made, file = _made(script), calls.golden(folder, script)
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


def _made(script: calls.GoldenCall) -> calls.MadeCall:
    """The call, on a line of its own at that time."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_or_stop(
            database_url=f"sqlite:///{folder}/call.db", line_clock=script.at, log_level="error"
        )
        app = create_app(settings)
        made = calls.make(app, settings, script)
        services_of(app, Lifetime).close()
    return made


def _missing(line: Line, folder: Path, add: bool) -> bool:
    """Whether topics stay without a call. Each is offered, and written with ``add``."""
    known = {script.name for script in calls.golden_calls(folder)}
    offered = list(names.missing(line, known))
    for name, content in offered:
        file = folder / "golden_calls" / f"{name}.yaml"
        if add:
            file.write_text(content, encoding="utf-8")
            click.echo(f"added: {name}")
        else:
            click.echo(f"missing: {name}. To add it: ivr golden-calls --add", err=True)
    return bool(offered) and not add
