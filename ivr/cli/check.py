"""``ivr check``: everything that is wrong with the line, at once, in plain words."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from ivr.cli.common import plainly
from ivr.cli.listening import listen as listen_to
from ivr.cli.settings import settings_or_stop
from ivr.cli.words import any_words, with_chosen_words
from ivr.config import Settings
from ivr.content import ContentError, read
from ivr.content.checks import RULES, Evidence, Finding
from ivr.content.checks import check as findings_of
from ivr.content.checks.inspection import as_finding, evidence
from ivr.line.numbers import DRAMA
from ivr.reports import scorecard
from ivr.speech.manifest import ManifestError
from ivr.texts import segments

PAGE = "var/scorecard.html"


@click.command()
@click.option("--content", type=click.Path(path_type=Path), help="A folder other than prompts/.")
@click.option("--json", "as_json", is_flag=True, help="Findings for programs, one list.")
@click.option("--explain", metavar="RULE", help="What a rule asks, and why: R31.")
@click.option("--html", "page", is_flag=False, flag_value=PAGE, type=click.Path(path_type=Path),
              help=f"Also write the score card as a page: {PAGE}, or your own file.")  # fmt: skip
@click.option("--listen", is_flag=True, help="Also hear every recording, by machine.")
@click.option("--report", type=click.Path(path_type=Path), help="Where --listen keeps its report.")
@click.option("--processes", default=2, show_default=True, help="How many listen at once.")
@any_words
def check(
    content: Path | None,
    as_json: bool,
    explain: str | None,
    page: Path | None,
    listen: bool,
    report: Path | None,
    processes: int,
) -> None:
    """Check the words of the line: content, keys, texts, recordings.

    Names each thing that is wrong with its rule, the file and line where it stands, and what to
    do. The exit status is 0 when no rule is broken, else 1; what only should be mended does not
    count.

    \b
      ivr check
      ivr check --explain R31
      ivr check --html
      ivr check --listen
    """
    if explain:
        click.echo(_explained(explain.upper()))
        return
    began = time.monotonic()
    settings = settings_or_stop()
    settings = settings if content else with_chosen_words(settings)
    seen, findings = _look(content or settings.content_dir, settings)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _show(seen, findings, settings.pence_a_segment, time.monotonic() - began)
    if page and seen:
        page.parent.mkdir(parents=True, exist_ok=True)
        shown = scorecard.html(seen, findings, settings.audio_dir, page, settings.pence_a_segment)
        page.write_text(shown, encoding="utf-8")
        click.echo(f"The score card is in {page}", err=as_json)
    heard_well = not listen or listen_to(settings.audio_dir, report, processes)
    if any(finding.level == "must" for finding in findings) or not heard_well:
        raise SystemExit(1)


def _look(content: Path, settings: Settings) -> tuple[Evidence | None, list[Finding]]:
    """What there is, and what is wrong with it. Without readable content only its faults."""
    number = settings.line_number
    try:
        read_content = read(content)
    except ContentError as error:
        return None, [as_finding(fault) for fault in error.faults]
    with plainly(ManifestError):
        shown = "" if number.startswith(DRAMA) else number
        seen = evidence(read_content, settings.audio_dir, settings.own_audio_dir, number=shown)
    return seen, findings_of(seen)


def _explained(name: str) -> str:
    if name not in RULES:
        raise click.ClickException(f"there is no rule {name}; there are {', '.join(RULES)}")
    rule = RULES[name]
    rows = (f"{name}  {rule.says}", "", f"Source:  {rule.source}", f"Right:   {rule.right}")
    return "\n".join((*rows, f"Wrong:   {rule.wrong}", f"Shown by: {rule.shown}"))


def _show(seen: Evidence | None, findings: list[Finding], pence: int, seconds: float) -> None:
    for finding in findings:
        mark = "" if finding.level == "must" else "  (should)"
        click.echo(f"{finding.rule:<5} {finding.where}{mark}")
        click.echo(f"      {finding.what}")
        click.echo(f"      {finding.do}")
    broken = Counter(finding.rule for finding in findings if finding.level == "must")
    if broken:
        click.echo(f"\n{sum(broken.values())} to mend, in the rules {', '.join(sorted(broken))}.")
        click.echo("To understand a rule: ivr check --explain " + min(broken))
    if seen:
        click.echo(_prices(seen, pence))
        click.echo(_summary(seen, seconds))


def _prices(seen: Evidence, pence: int) -> str:
    """What a topic costs as a text, from the cheapest to the dearest."""
    parts = sorted(segments(topic.text) for _, _, _, topic in seen.topics())
    least, most = parts[0] * pence, parts[-1] * pence
    each = f"{most}" if least == most else f"{least} to {most}"
    return f"A topic sent as a text costs about {each} pence, {pence} a part (PENCE_A_SEGMENT)."


def _summary(seen: Evidence, seconds: float) -> str:
    """How much was looked at."""
    line = seen.line
    checked = sum(rule.check is not None for rule in RULES.values())
    said = [
        f"{lang}: {len(line.units(lang))} things to say, "
        f"{sum((lang, 'normal', unit) in seen.prompts for unit in line.units(lang))} recorded"
        for lang in line.languages
    ]
    return (
        f"{checked} rules, {len(line.facts)} facts, {len(line.topics)} topics. "
        f"{'; '.join(said)}. {seconds:.1f} s."
    )
