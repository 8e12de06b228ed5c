"""`heard verify`: whether every case is what its history says."""

from __future__ import annotations

import sys

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, counted, emit
from engine.telling.values import clean

EVERY = 100  # cases from one word of progress to the next


@click.command()
@as_json
@click.pass_obj
def verify(context: Context, as_json: bool) -> None:
    """Check the history of every case, every case against its history, the rows by which its work is found, and the
    outbox.

    Each finding is a line: which case, which row, and what it is instead of what it should be. Without one it ends with
    0, else with 1. People can work meanwhile. How it came out is kept: `heard doctor` says when it was last done.
    """
    from engine.errors import Rejected
    from engine.store.verifying import Found, Last, every_case, remember

    engine = context.engine()
    cases = lines = unbound = 0
    findings: list[Found] = []
    for one in every_case(engine.store):
        findings += one.found
        cases += bool(one.reference)
        lines += one.lines
        unbound += not one.bound
        if not as_json:
            for found in one.found:
                click.echo(f"{clean(found.reference)}: {clean(found.why)}")
        if cases % EVERY == 0 and sys.stderr.isatty():
            click.echo(f"\r{cases} cases", err=True, nl=False)
    last = Last(engine.recording(), cases, lines, unbound, len(findings))
    remember(engine.store, last)
    if as_json:
        emit({"at": last.at, "cases": cases, "lines": lines, "unbound": unbound, "findings": findings})
    else:
        click.echo(f"{counted(cases, 'case')} with {counted(lines, 'line')} of history checked.")
        if unbound:
            click.echo(
                f"{counted(unbound, 'case')} of an earlier version not bound to a history yet: see decision 0025."
            )
    if findings:
        what = counted(len(findings), "finding")
        raise Rejected("not-as-written", f"Expected every case to be what its history says, but there are {what}")
