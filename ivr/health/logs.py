"""Logs of the whole program and its libraries: one event a line, and nothing personal in any.

Owns what a line looks like and what may not stand in it. JSON in production, for machines; readable
lines in a demo. Everything goes through the standard ``logging``.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from ivr.config import Settings, SettingsError
from ivr.outside.sentry import Sentry, handler
from ivr.secrets.seal import References

OURS = ("ivr", "gunicorn.access")
"""Loggers that LOG_LEVEL is for; libraries warn, and say nothing less."""
OWN_WORDS = (*OURS, "py.warnings")
"""Loggers whose words are not a library's about what it was given."""
LINE = ("route", "call", "method", "status", "ms")
"""What a line may tell besides its event, of the request that it is about."""
about: Callable[[], Mapping[str, str]] = dict
"""What is told of the request at hand, if there is one; the web side puts its own in place."""
LEFT_OUT = "[…]"
MOST_CAUSES = 5
LONGEST = 20_000
"""Characters of a line's words; what comes after them is cut."""

FIELDS = (
    "From|To|Caller|Called|CallerName|ForwardedFrom|Body|Digits|SpeechResult|RecordingUrl|"
    "X-Twilio-Signature|name|e-?mail|number|phone|mobile|password|pin|code|token|csrf_token|note|"
    "body|subject|recipient|sender"
)
"""Names of form fields and the like, whose values are left out."""
FIELD = re.compile(FIELDS, re.IGNORECASE)
QUOTED = re.compile(r"""(?<!\w)b?(?:'[^'\n]*'|"[^"\n]*")""")
PERSONAL = re.compile(
    rf"""
      (?P<sid> \b[A-Z]{{2}}[0-9a-f]{{32}}\b )
    | (?P<kept> \b[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b
              | \b(?=\d*[a-f])[0-9a-f]{{32,64}}\b
              | \b20\d\d-[01]\d-[0-3]\d(?:[T\ ]\d\d:\d\d(?::\d\d)?)? )
    | (?P<field> \b(?i:{FIELDS})(?:=|["']\s*:\s*)(?:"[^"]*"|'[^']*'|[^\s&,;]*) )
    | (?P<mail> (?<![\w.+%-])[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+ )
    | (?P<query> \?[^\s"'<>]+ )
    | (?P<address> \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b
                 | (?i:\b[0-9a-f]{{1,4}}(?::[0-9a-f]{{0,4}}){{3,}}) )
    | (?P<number> (?:\+|%2B)?\d(?:(?:%20|[\s().+-]){{0,3}}\d){{7,}} )
    | (?P<token> (?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{{20,}} )
    """,
    re.VERBOSE,
)
"""What may be of a person, and first what only looks like it: ids of rows, and dates."""
HARMLESS = re.compile(r"[A-Za-z_./ -]{0,30}")
"""A short text without a figure or a sign that joins a name to a value: PERSONAL finds nothing in
it. Most of what stands in a line is one, and to look through it took 14 of the 52 µs of a line."""
SHOWN = {"field": "[a field]", "mail": "[e-mail]", "query": "[query]", "address": "[address]"}
SHOWN |= {"number": "[number]", "token": "[token]"}


class Masks:
    """Takes what may be personal out of an event; a sid of Twilio's becomes its reference.

    The reference of a call is the one in the journal, so that the two can be laid side by side.
    """

    def __init__(self, refer: Callable[[str], str]) -> None:
        self._refer = refer

    def __call__(self, logger: Any, method: str, event: EventDict) -> EventDict:
        """See structlog's processors."""
        return {name: self._value(name, value) for name, value in event.items()}

    def text(self, text: str) -> str:
        """``text`` without anything that may be personal."""
        if HARMLESS.fullmatch(text):
            return text
        return PERSONAL.sub(self._shown, text[:LONGEST])

    def _value(self, name: str, value: Any) -> Any:
        if FIELD.fullmatch(name):
            return LEFT_OUT
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(str(value))

    def _shown(self, found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind == "sid":
            return f"{found[0][:2]}-{self._refer(found[0])}"
        return SHOWN.get(kind, found[0])


def said(error: BaseException) -> str:
    """An error's words where they are our own; of any other its kind, for its words may quote."""
    words, cause = str(error), str(error.__cause__ or "")
    ours = type(error).__module__.startswith("ivr.")
    return words if ours and not (cause and cause in words) else type(error).__name__


def traced(error: BaseException | None) -> str:
    """What kinds of errors led to each other, and where each was raised; see ``said``."""
    lines: list[str] = []
    for _ in range(MOST_CAUSES):
        if error is None:
            break
        kind, words = f"{type(error).__module__}.{type(error).__qualname__}", said(error)
        lines.append(kind if words == type(error).__name__ else f"{kind}: {words}")
        for frame in traceback.extract_tb(error.__traceback__):
            place = "/".join(frame.filename.split("/")[-3:])
            lines.append(f"  {place}:{frame.lineno} {frame.name}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)


def _guarded(logger: Any, method: str, event: EventDict) -> EventDict:
    """Of what a library puts into its line only figures stay; of errors, only the kind."""
    record: logging.LogRecord = event["_record"]
    ours = record.name.split(".")[0] == "ivr" or record.name in OWN_WORDS
    if isinstance(record.msg, BaseException):
        event["event"] = said(record.msg)
    given = event.get("positional_args")
    if isinstance(given, Mapping):
        event["positional_args"] = ({name: _quoted(each, ours) for name, each in given.items()},)
    elif given:
        event["positional_args"] = tuple(_quoted(each, ours) for each in given)
    elif not ours:
        # A text that was put together before it came here, with whatever it quotes.
        event["event"] = QUOTED.sub(LEFT_OUT, event["event"])
    return event


def _quoted(value: Any, ours: bool) -> Any:
    if isinstance(value, BaseException):
        return said(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if ours else LEFT_OUT


def _at_hand(logger: Any, method: str, event: EventDict) -> EventDict:
    return {**about(), **event}


def _traced(logger: Any, method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    if isinstance(given, tuple) and given[1] is not None:
        event["exception"] = traced(given[1])
    event.pop("stack_info", None)
    return event


def formatter(refer: Callable[[str], str], json: bool) -> logging.Formatter:
    """What turns a record into a line: ``json``, or a line to read."""
    show: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not json:
        show = structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time")
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            _guarded,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=LINE),
            _at_hand,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _traced,
            Masks(refer),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            show,
        ],
        pass_foreign_args=True,
        use_get_message=False,
    )


class Stream(logging.StreamHandler[TextIO]):
    """Writes to the standard error of the moment. A line that fails is told of, never shown."""

    def __init__(self, shown: logging.Formatter) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(shown)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """See logging.Handler: its own would print what could not be formatted.

        Where nothing can be written, as on a full disk, whoever calls must not notice.
        """
        with suppress(OSError):
            sys.stderr.write(f"a line of {record.name} could not be written\n")


def set_up(settings: Settings) -> None:
    """Let everything that is logged by this process go through here, until it ends.

    Like ``logging.basicConfig`` it does nothing in a process that has set its logs up already.
    Raises SettingsError for a SENTRY_DSN that cannot be used.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    references = References(settings.reference_secret)
    root.addHandler(Stream(formatter(references.call, json=settings.production)))
    if dsn := settings.sentry_dsn.get_secret_value():
        root.addHandler(_sentry(dsn, formatter(references.call, json=True)))
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.least_logged)
    # Without a handler of its own, DBOS brings one that goes past ours.
    logging.getLogger("dbos").addHandler(logging.NullHandler())
    # It warns of each batch that was refused, before whoever sent it tells why, once.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda met: _uncaught(met.exc_type, met.exc_value, met.exc_traceback)


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """What nobody caught, without its words."""
    if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        given = (kind, error, trace)
        logging.getLogger("ivr").critical("nobody caught an error", exc_info=given)


def _sentry(dsn: str, shown: logging.Formatter) -> Sentry:
    made = handler(dsn, shown)
    if isinstance(made, str):
        raise SettingsError([f"SENTRY_DSN: {made}"])
    return made
