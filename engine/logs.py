"""The log as lines for programs: one JSON object a line, with the case's reference.

Owns which parts of a record are told. What people wrote, and who a customer is, is never among them: of our own lines
the facts that were named for it, of others' the pattern without what was filled in, of a failure its kind and place
without its words.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TextIO

from engine.errors import Rejected

TEXT, JSON = "text", "json"
VARIABLE = "HEARD_LOG_FORMAT"
OURS = ("engine", "web")
DEEPEST = 8
"""Of a failure, so many places are told, the innermost last."""

request: ContextVar[str] = ContextVar("request", default="")
"""By what the request is known that is being answered; empty where none is."""


def facts(event: str, **more: object) -> dict[str, object]:
    """What a line for programs says, handed to a logger as `extra`; a fact that is empty is left out."""
    return {"event": event, "facts": more}


def wants_lines(environ: Mapping[str, str]) -> bool:
    """Whether HEARD_LOG_FORMAT asks for JSON. Raises Rejected("log-format")."""
    said = environ.get(VARIABLE) or TEXT
    if said not in (TEXT, JSON):
        raise Rejected("log-format", f"Expected {VARIABLE} to be {TEXT} or {JSON}, but it is '{said}'")
    return said == JSON


def write_lines(stream: TextIO | None = None) -> None:
    """From now on this program's log is such lines, on standard output unless another is given: all that is ours, and
    of others what is wrong. Theirs would tell every move of a machine.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(Lines())
    handler.addFilter(_told)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def _told(record: logging.LogRecord) -> bool:
    """Whether it is ours or something wrong, also where somebody else's program asks to be told more: waitress does."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"time": at, "level": record.levelname.lower()}
        named: Mapping[str, object] | None = getattr(record, "facts", None)
        if named is not None:
            line["event"] = getattr(record, "event", record.name)
            line |= {name: value for name, value in named.items() if value not in ("", None)}
        else:
            line["event"] = record.name
            if isinstance(record.msg, str) and record.args:  # without any it may have been filled in already
                line["pattern"] = record.msg
        if request.get():
            line["request"] = request.get()
        if record.exc_info and record.exc_info[1] is not None:
            line |= failure(record.exc_info[1])
        return json.dumps(line, default=str)


def failure(error: BaseException) -> dict[str, object]:
    """What may be told of one: its kind, a refusal's code, and where it came up."""
    told: dict[str, object] = {"error": type(error).__name__}
    if isinstance(error, Rejected):
        told["code"] = error.code
    steps = [*traceback.walk_tb(error.__traceback__)][-DEEPEST:]
    told["where"] = [
        f"{PurePath(step.f_code.co_filename).name}:{number} {step.f_code.co_name}" for step, number in steps
    ]
    return told
