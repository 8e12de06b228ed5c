"""`heard import`: cases from a CSV file."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, clean, emit

SHOWN = 20


@click.command("import")
@click.argument("process")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "map_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Which column becomes which field.")
@click.option("--dry-run", is_flag=True, help="Try every row and keep none.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows, with the reason for each, to this CSV file.")
@as_json
@click.pass_obj
def import_(context: Context, process: str, file: Path, map_file: Path, dry_run: bool, report: Path | None, as_json: bool) -> None:
    """Start a case for each row of a CSV file, and carry it on to where the file says it went.

    Each row is one transaction. A row whose external id is known is passed over, so importing twice adds nothing, and an import that was killed is started again.
    """
    from engine.errors import Rejected
    from engine.importing.mapping import read_map
    from engine.importing.running import Importer, Report, rows_of

    mapping = read_map(map_file.read_bytes(), str(map_file))
    if mapping.process != process:
        raise Rejected("other-process", f"Expected a map for '{process}', but {map_file} is one for '{mapping.process}'")
    headings, rows = rows_of(file, mapping)
    importer = Importer(context.store(), mapping, headings)
    result = Report()
    listed = list(rows)
    with click.progressbar(listed, label=file.name, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for line, row in bar:
            importer.run(line, row, result, keep=not dry_run)
    if report is not None:
        with report.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            writer.writerow(["line", "external id", "reason"])
            writer.writerows((one.line, one.external_id, one.reason) for one in result.refused)
    if as_json:
        emit({"rows": len(listed), "added": result.added, "known": result.known, "refused": result.refused, "dry_run": dry_run})
    else:
        verb = "could be added" if dry_run else "added"
        click.echo(f"{len(listed)} rows: {result.added} {verb}, {result.known} known already, {len(result.refused)} refused")
        for one in result.refused[:SHOWN]:
            click.echo(f"  line {one.line} {clean(one.external_id)}: {clean(one.reason)}")
        if len(result.refused) > SHOWN:
            click.echo(f"  … and {len(result.refused) - SHOWN} more; --report FILE.csv writes them all")
    if result.refused:
        raise SystemExit(1)
