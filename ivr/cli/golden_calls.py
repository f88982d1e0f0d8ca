"""``ivr golden-calls``: make every golden call again, and keep what was heard."""

from __future__ import annotations

from datetime import datetime

import click

from ivr.app import create_app
from ivr.cli.common import line_or_stop
from ivr.simulator import golden_calls as calls


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; say which differ, and fail if any do.")
def golden_calls(check: bool) -> None:
    """Make every golden call again, and keep what was heard.

    A golden call is a file under prompts/golden_calls: who rings when, and what they press.
    What they hear is kept beside it, so that a change of wording or behaviour is seen before
    callers meet it.
    """
    settings, _ = line_or_stop()
    differ = 0
    for script in calls.golden_calls(settings.content_dir):
        at = datetime.fromisoformat(script.at)
        with calls.passing(settings, create_app, line_clock=at) as (app, changed):
            heard = "\n".join(calls.make(app, changed, script).transcript)
        kept = calls.golden(settings.content_dir, script)
        if kept.is_file() and kept.read_text() == heard + "\n":
            continue
        differ += 1
        click.echo(f"{'differs' if check else 'written'}: {script.name}")
        if not check:
            kept.write_text(heard + "\n")
    if check and differ:
        raise SystemExit(1)
