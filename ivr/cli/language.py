"""``ivr language``: begin a language, hand it to translators, take it back, see how far it is."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import click

from ivr.cli.common import in_words, plainly
from ivr.cli.settings import settings_or_stop
from ivr.content import po
from ivr.content.doorways import is_of_doorway
from ivr.content.languages import Languages, opened
from ivr.content.po import PoError
from ivr.content.translation import Stand
from ivr.line.tongues import name_of
from ivr.speech import manifest
from ivr.speech.library import Library

OUT = click.option("--out", type=click.Path(path_type=Path), help="The file: LANG.po, or your own.")
NEXT = """Send {file} to somebody who grew up with {name}; any editor of PO files opens it.
When it comes back: ivr language import {lang} {file}"""


@click.group()
def language() -> None:
    """Other languages: hand them to translators, take them back, see how far they are.

    \b
      ivr language add ro
      ivr language export ro
      ivr language import ro ro.po
      ivr language import ro ro.po --translated-by "A. Name" --reviewed-by "B. Name" \\
          --second-reader "C. Name"
      ivr language status
    """


@language.command()
@click.argument("lang")
@click.option("--doorway", is_flag=True, help="Only the few sentences of a doorway.")
@OUT
def add(lang: str, doorway: bool, out: Path | None) -> None:
    """Begin a language: write a PO file of the sentences without which it stays off.

    With --doorway these are a few, which lead callers to a person; all else stays English.
    """
    languages, name = _begun(lang)
    file = out or Path(f"{lang}.po")
    stands = languages.stands(lang)
    some = [each for each in stands if (is_of_doorway(each.sentence) if doorway else each.core)]
    _write(file, po.written(lang, some))
    if doorway:
        click.echo(f"{file}: {len(some)} sentences, which are the doorway of {name}.")
        click.echo(NEXT.format(file=file, name=name, lang=lang))
        return
    click.echo(f"{file}: {len(some)} sentences. Without them {name} stays off; all others are said")
    click.echo(f"in the first language until they are translated: ivr language export {lang}")
    click.echo(NEXT.format(file=file, name=name, lang=lang))


@language.command()
@click.argument("lang")
@OUT
def export(lang: str, out: Path | None) -> None:
    """Write a PO file of every sentence, with what is translated; drafts are marked as fuzzy."""
    languages, name = _begun(lang)
    file, stands = out or Path(f"{lang}.po"), languages.stands(lang)
    _write(file, po.written(lang, stands))
    click.echo(f"{file}: {len(stands)} sentences. {NEXT.format(file=file, name=name, lang=lang)}")


@language.command("import")
@click.argument("lang")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--translated-by", default="", help="Sign it: who translated it.")
@click.option("--reviewed-by", default="", help="Sign it: who else has read all of it.")
@click.option("--second-reader", default="", help="Who else has read dates, figures and limits.")
@click.option("--over", is_flag=True, help="Take it where somebody else has changed it meanwhile.")
def take(
    lang: str, file: Path, translated_by: str, reviewed_by: str, second_reader: str, over: bool
) -> None:
    """Take a PO file back; with names, sign everything in it that is not marked as fuzzy.

    Nothing is kept of a file with a fault; each is named with its line. So is a sentence that
    somebody else has changed since the file was made: both are shown. What nobody has signed is a
    draft, and no caller hears it.
    """
    languages, name = _opened(), _named(lang)
    people = _people(translated_by, reviewed_by, second_reader)
    with plainly(PoError):
        read = languages.entries(lang, file.name, file.read_bytes(), over=over)
    root = settings_or_stop().content_dir
    changed = po.kept(root, lang, read, languages.like)
    click.echo(f"{len(read)} sentences of {name} are there; {len(changed)} files were changed.")
    if people:
        count = po.sign(root, lang, people, date.today(), read)  # noqa: DTZ011 - of here
        click.echo(f"{count} are signed. See: ivr language status {lang}")
    else:
        click.echo("What nobody has signed is a draft, and no caller hears it.")


@language.command()
@click.argument("lang", required=False)
def status(lang: str | None) -> None:
    """How much of each language is translated, signed, recorded and older than the first."""
    settings, languages = settings_or_stop(), _opened()
    if lang is not None:
        _named(lang)
    with plainly(manifest.ManifestError):
        library = Library(manifest.read(settings.audio_dir))
    for each in [lang] if lang else languages.all():
        stands = languages.stands(each)
        whys = Counter(stand.why or "signed" for stand in stands)
        core = sum(bool(stand.why) for stand in stands if stand.core)
        on = languages.switched_on(each)
        state = "on" if on else f"off, {core} sentences that it cannot do without are not signed"
        if not core and not on:
            state = "off, not in line.yaml"
        click.echo(f"{_shown(each)}: {state}.")
        click.echo(f"  {_doorway(languages, each, stands)}")
        done = len(stands) - whys["missing"]
        click.echo(
            f"  {done} of {len(stands)} sentences translated, {whys['signed']} signed, "
            f"{whys['draft']} drafts, {whys['stale']} older than the first language, "
            f"{whys['unfit']} not fit to be said."
        )
        units = languages.units(each)
        recorded = sum(library.find(each, "normal", unit) is not None for unit in units)
        click.echo(f"  {recorded} of {len(units)} things to say are recorded.")


def _doorway(languages: Languages, lang: str, stands: list[Stand]) -> str:
    few = [each for each in stands if is_of_doorway(each.sentence)]
    signed = sum(not each.why for each in few)
    line = languages.content.line
    state = "on" if lang in line.doorways else "off"
    return f"Its doorway is {state}: {signed} of {len(few)} sentences signed."


def _opened() -> Languages:
    root = settings_or_stop().content_dir
    with in_words(root):
        return opened(root)


def _begun(lang: str) -> tuple[Languages, str]:
    """The languages, and the name of one that is translated into."""
    name, languages = _named(lang), _opened()
    if lang == languages.first:
        raise click.ClickException(f"{name} is what the others are translated from")
    return languages, name


def _named(lang: str) -> str:
    with plainly(ValueError):
        return name_of(lang)


def _shown(lang: str) -> str:
    try:
        return f"{name_of(lang)} ({lang})"
    except ValueError:
        return lang


def _write(file: Path, made: bytes) -> None:
    if file.exists() and file.read_bytes() != made:
        raise click.ClickException(f"{file} is there and says something else; move it away first")
    file.write_bytes(made)


def _people(by: str, reviewed: str, second: str) -> dict[str, str]:
    """Who signs; empty where nobody does."""
    names = [each.strip().casefold() for each in (by, reviewed, second) if each.strip()]
    if not names:
        return {}
    if not (by.strip() and reviewed.strip()):
        says = "a sign-off needs --translated-by and --reviewed-by: two people"
        raise click.ClickException(says)
    if len(set(names)) < len(names):
        raise click.ClickException("each of them must be somebody else: nobody reviews themselves")
    return {"by": by, "reviewed_by": reviewed, "second_reader": second}
