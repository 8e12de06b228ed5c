"""`heard test`: run the scenarios beside the processes on a virtual clock, and say what they reach.

Owns the output of this command. Runs nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from engine.cli.garbage import uncollected
from engine.cli.showing import counted
from engine.definition.catalog import SCENARIOS, Catalog, stem
from engine.definition.suggest import near
from engine.errors import Rejected
from engine.scenarios.coverage import KINDS, Coverage
from engine.scenarios.trial import Trial, try_process

if TYPE_CHECKING:
    from engine.cli.context import Context


@click.command("test")
@click.argument("processes", nargs=-1, metavar="[PROCESS]...")
@click.option("--json", "as_json", is_flag=True, help="Write JSON for another program.")
@click.option(
    "--version", type=int, metavar="NUMBER", help="Of one PROCESS: this deployed version, as it was handed in."
)
@click.option("--verbose", "-v", is_flag=True, help="Tell every scenario, step by step.")
@click.pass_context
def test(ctx: click.Context, processes: tuple[str, ...], as_json: bool, version: int | None, verbose: bool) -> None:
    """Run the scenarios beside the processes, with coverage.

    With --version those that came with a deployed version run on it; no file of the home folder is looked at.

    Fails when a scenario goes otherwise than it says, and when a state, a way on, a side of a guard, a timer,
    a row of a decision table or an outcome is reached by none.
    """
    with uncollected():
        if version is None:
            catalog: Catalog = ctx.obj.catalog()
            trials = [try_process(catalog, path) for path in _chosen(catalog, processes)]
        else:
            trials = [_handed_in(ctx.obj, processes, version)]
    if as_json:
        click.echo(json.dumps(_data(trials), ensure_ascii=False, indent=2))
    else:
        for line in _report(trials, _steps if verbose else _nothing):
            click.echo(line)
    if not trials or not all(trial.ok for trial in trials):
        ctx.exit(1)


def _chosen(catalog: Catalog, named: Sequence[str]) -> Iterable[str]:
    """The paths of the processes: those named by key or by file, else all."""
    known = {stem(path): path for path in catalog.process_files()}
    if not named:
        return known.values()
    paths = []
    for name in named:
        key = name.rsplit("/", 1)[-1].removesuffix(SCENARIOS).removesuffix(".yaml")
        if key not in known:
            raise click.UsageError(f"Expected a process, but there is no '{name}'{near(key, known)}")
        paths.append(known[key])
    return dict.fromkeys(paths)


def _handed_in(context: Context, named: Sequence[str], number: int) -> Trial:
    """The scenarios of a deployed version, on its own files. Raises Rejected."""
    from engine.definition.catalog import Bundle
    from engine.store import deployments, proofs

    if len(named) != 1:
        raise click.UsageError(f"Expected one PROCESS beside --version, but got {len(named)}")
    (process,), store = named, context.store()
    version = next((one for one in deployments.all_of(store, process) if one.version == number), None)
    if version is None:
        raise Rejected(
            "no-such-version",
            f"Expected a deployed version of '{process}', but there is no {number}; see `heard processes`",
        )
    proven, stored = proofs.load(store, version.proof), deployments.bundle(store, version.digest)
    if proven is None or stored is None:
        raise Rejected(
            "no-scenarios",
            f"Expected scenarios that came with version {number} of '{process}', but it was put in force without any",
        )
    bundle = Bundle.from_json(stored)
    return try_process(proven.proof.catalog(bundle), bundle.path)


# --- for people


def _report(trials: Sequence[Trial], detail: Any) -> Iterator[str]:
    if not trials:
        yield "No processes are here."
        return
    for trial in trials:
        yield f"{trial.process}: {_summary(trial)}"
        yield from detail(trial)
        if _played(trial):
            yield f"    {_counts(trial.coverage)}"
        problems = trial.problems if not trial.told or trial.problems else trial.coverage.problems()
        for problem in problems:
            yield str(problem)
        if trial.problems and trial.told and trial.coverage.missing:
            yield "What no scenario reaches is told once they all go as they say."
    good = sum(trial.ok for trial in trials)
    yield f"{good} of {len(trials)} processes as expected, and wholly covered."


def _nothing(trial: Trial) -> Iterator[str]:
    return iter(())


def _steps(trial: Trial) -> Iterator[str]:
    for told in trial.told:
        yield f"  {'FAILED ' if told.problems else ''}{told.scenario.name}"
        yield from (f"    {line}" for line in told.run)


def _played(trial: Trial) -> bool:
    """Whether its files let any scenario begin: else nothing is known of what goes as it says, nor what is reached."""
    return bool(trial.told) or not trial.problems


def _summary(trial: Trial) -> str:
    if not _played(trial):
        return "no scenario was played, since something has to be mended first"
    steps = sum(len(told.run) for told in trial.told)
    failed = sum(bool(told.problems) for told in trial.told)
    ran = f"{counted(len(trial.told), 'scenario')}, {counted(steps, 'step')}"
    return f"{ran}, {f'{failed} failed' if failed else 'none failed'}"


def _counts(coverage: Coverage) -> str:
    counts = [(kind, *coverage.count(kind)) for kind in KINDS]
    return ", ".join(f"{kind} {reached}/{of}" for kind, reached, of in counts if of)


# --- for programs


def _data(trials: Sequence[Trial]) -> dict[str, Any]:
    return {
        "ok": bool(trials) and all(trial.ok for trial in trials),
        "processes": [_trial(trial) for trial in trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    coverage = trial.coverage
    return {
        "process": trial.process,
        "file": trial.path,
        "ok": trial.ok,
        "scenarios": [
            {
                "scenario": told.scenario.name,
                "file": told.scenario.place.file,
                "line": told.scenario.place.line,
                "ok": not told.problems,
                "run": list(told.run),
            }
            for told in trial.told
        ],
        "coverage": {
            "percent": coverage.percent,
            **{kind: dict(zip(("reached", "of"), coverage.count(kind), strict=True)) for kind in KINDS},
        },
        "missing": [problem.as_json() for problem in coverage.problems()],
        "problems": [problem.as_json() for problem in trial.problems],
    }
