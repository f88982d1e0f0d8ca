"""``ivr``: the line's one command, with a verb for each task.

Owns the list of verbs. Each lives in a module of ``ivr.cli`` and is loaded only when asked
for, so that ``ivr --help`` is quick and a missing extra stops only the verb that needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

VERBS = {
    "backup": "Copy the database into a file, while the line runs.",
    "call": "Ring the line from this terminal, or play a scripted call.",
    "callers": "Have people who are not ideal callers ring the line, and say how far they came.",
    "check": "Say everything that is wrong with the content, in plain words.",
    "connect": "Point the number at this line, or point it back.",
    "deadline": "Work out the last day to appeal, for advisers.",
    "doctor": "Say what is right and wrong with the whole line, and what to do.",
    "editions": "List the editions of the words; go back to one, export, import.",
    "erase": "Show everything there is about a telephone number, or delete it.",
    "facts": "List what callers must learn by the rule it leans on, with each sentence.",
    "hours": "Show when the line is open in a week, and whether it is open now.",
    "inbox": "See what callers left: messages, and requests to be rung back.",
    "language": "Add another language, hand it to translators, take it back, see how far it is.",
    "migrate": "Bring the database up to date before a new version takes over.",
    "poster": "Write a poster with the number and the keys.",
    "record": "Make the recordings that are missing or have changed.",
    "reply": "Say what a text would be answered, and what would be done.",
    "report": "Say what callers did in a month; a sheet for trustees, a table.",
    "restore": "Put a backup in the database's place.",
    "script": "Print everything the line says, to read or on paper, in large print.",
    "serve": "Start the line.",
    "staff": "Say who may open, close and announce by telephone.",
    "texts": "Say how the texts went, what they cost, and why some did not arrive.",
    "texts-examples": "Write the texts that staff say were misunderstood, to learn from.",
    "fallback": "Write the document that helps callers while the line itself is away.",
    "golden-calls": "Make the golden calls again, and keep what was heard.",
    "work": "Do what callers asked for: texts, messages, and telling staff.",
}
"""Each verb and what it does, as ``ivr --help`` shows it."""


BEFORE = {"twin": "fallback", "walks": "golden-calls"}
"""Verbs by the names they had before; these go on working."""


def _no_database() -> type[Exception]:
    """Loaded only once a verb has failed: its library takes half a second."""
    from ivr.store.database import NoDatabaseError

    return NoDatabaseError


class Verbs(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        name = BEFORE.get(name, name)
        if name not in VERBS:
            return None
        module_name = name.replace("-", "_")
        command: click.Command = getattr(import_module(f"ivr.cli.{module_name}"), module_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """What any verb says where there is no database."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if isinstance(error, _no_database()):
                raise click.ClickException(str(error)) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ivr")
def main() -> None:
    """A telephone advice line that anyone can use.

    Start with "ivr serve", then ring the line: "ivr call". Each verb explains itself with --help.
    """
