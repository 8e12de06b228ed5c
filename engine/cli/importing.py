"""`heard import`: cases from a CSV file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit
from engine.telling.values import clean

if TYPE_CHECKING:
    from engine.importing.comparing import Comparison
    from engine.importing.running import Refused, Report

SHOWN = 20


@click.command("import")
@click.argument("process")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Which column becomes which field.",
)
@click.option("--dry-run", is_flag=True, help="Try every case and keep none.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was refused, with the reason for each, to this CSV file.",
)
@as_json
@click.pass_obj
def import_(
    context: Context,
    process: str,
    file: Path,
    map_file: Path,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """Start a case for each row of a CSV file, or for each case of an event log, and carry it on to where the
    file says it went.

    Each case is imported wholly or not at all. A case whose external id is known is passed over, so importing
    twice adds nothing, and an import that was killed is started again. Where the map says `compare`, the verdicts of
    the file on promises are set beside those of the clocks, also of cases that are known already.
    """
    from engine.errors import Rejected
    from engine.importing.cases import sources
    from engine.importing.reading import read_map
    from engine.importing.running import Importer, Report
    from engine.importing.table import Table

    mapping = read_map(map_file.read_bytes(), str(map_file))
    if mapping.process != process:
        raise Rejected(
            "other-process", f"Expected a map for '{process}', but {map_file} is one for '{mapping.process}'"
        )
    table = Table(file, mapping)
    importer = Importer(context.store(), mapping)
    handle = importer.try_out if dry_run else importer.bring_in
    result = Report()
    with click.progressbar(
        length=max(1, table.size), label=file.name, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        before = 0
        for _ in handle(sources(table.lines(), mapping), result):
            bar.update(table.position - before)
            before = table.position
    if report is not None:
        _write(report, result.refused)
    if as_json:
        emit(
            {
                "cases": result.cases,
                "added": result.added,
                "known": result.known,
                "refused": result.refused,
                "ignored": result.ignored,
                "compared": [_as_json(one) for one in result.compared.values()],
                "dry_run": dry_run,
            }
        )
    else:
        _tell(result, "could be added" if dry_run else "added", "rows" if mapping.events is None else "cases")
    if result.refused:
        raise SystemExit(1)


def _tell(result: Report, added: str, what: str) -> None:
    click.echo(
        f"{result.cases} {what}: {result.added} {added}, {result.known} known already, {len(result.refused)} refused"
    )
    for one in result.refused[:SHOWN]:
        click.echo(f"  line {one.line} {clean(one.external_id)}: {clean(one.reason)}")
    if len(result.refused) > SHOWN:
        click.echo(f"  … and {len(result.refused) - SHOWN} more; --report FILE.csv writes them all")
    if result.ignored:
        click.echo(
            "passed over, as the map says: "
            + ", ".join(f"{clean(name)} ({count} times)" for name, count in result.ignored.most_common(SHOWN))
        )
    for comparison in result.compared.values():
        click.echo("\n".join(compared(comparison)))


def compared(one: Comparison) -> list[str]:
    """What the source says beside what the clock says, in words."""
    clock, column = one.compare.clock, clean(one.compare.column)
    judged = f"{one.same} the same, {len(one.differing)} differ, {one.not_comparable} cannot be compared"
    lines = [f"clock {clock} and column '{column}': {judged}"]
    for (said, verdict, why), number in one.counted.most_common():
        if not (said and verdict):
            here = verdict or f"no verdict: {why}"
            lines.append(f"  {number} times the file says {said or 'nothing'}; the clock gives {here}")
    for case in one.differing[:SHOWN]:
        lines.append(
            f"  line {case.line} {clean(case.external_id)} {case.reference}: the file says {case.said}, the clock "
            f"{case.verdict} ({case.why} UTC)"
        )
    if len(one.differing) > SHOWN:
        lines.append(f"  … and {len(one.differing) - SHOWN} more; --json lists them all")
    return lines


def _as_json(one: Comparison) -> dict[str, Any]:
    verdicts = [
        {"file": said, "clock": verdict, "why": why, "cases": number}
        for (said, verdict, why), number in one.counted.most_common()
    ]
    judged = {"same": one.same, "differ": len(one.differing), "not_comparable": one.not_comparable}
    named = {"clock": one.compare.clock, "column": one.compare.column}
    return {**named, **judged, "verdicts": verdicts, "differing": one.differing}


def _write(report: Path, refused: Iterable[Refused]) -> None:
    from engine.errors import Rejected

    try:
        with report.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            writer.writerow(["line", "external id", "reason"])
            writer.writerows((one.line, one.external_id, one.reason) for one in refused)
    except OSError as error:
        raise Rejected("unreadable", f"Expected to write {report}, but {error.strerror}") from error
