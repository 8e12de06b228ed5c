"""A process put to the test: its scenarios read, their names looked up, run, and what they reach counted.

Owns the order of these. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.definition.catalog import Catalog, scenarios_of, stem
from engine.definition.loader import examine
from engine.definition.proof import Verdict
from engine.errors import DefinitionError, Place, Problem
from engine.scenarios.cast import Cast
from engine.scenarios.coverage import Coverage
from engine.scenarios.names import name_problems
from engine.scenarios.reading import read_file
from engine.scenarios.running import Told, failures, run_scenario, without_end
from engine.scenarios.watching import Watch


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one process: `problems` are those of its files and its scenarios; `coverage` knows what
    was not reached.
    """

    process: str
    path: str
    told: tuple[Told, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Everything as expected, and everything reached."""
        return not self.problems and not self.coverage.missing

    @property
    def verdict(self) -> Verdict:
        """How it went, in numbers."""
        failed = sum(bool(told.problems) for told in self.told)
        reached, elements = len(self.coverage.reached), len(self.coverage.elements)
        return Verdict(len(self.told), failed, reached, elements, len(self.problems))


def try_process(catalog: Catalog, path: str, patience: Callable[[], bool] = without_end) -> Trial:
    """Run the scenarios beside a process file, as long as `patience` lasts.

    Raises nothing for what an author did: that is in `problems`.
    """
    process = stem(path)
    beside = scenarios_of(path)
    loaded = examine(catalog, path)
    if loaded.definition is None:
        return Trial(process, beside, problems=loaded.errors)
    watch = Watch(loaded.definition)
    if beside not in catalog.files:
        return Trial(process, beside, (), watch.coverage, (_none_there(path, beside),))
    try:
        file = read_file(catalog, beside)
    except DefinitionError as error:
        return Trial(process, beside, (), watch.coverage, error.problems)
    cast = Cast(catalog.organisation, file)
    wrong = name_problems(file, loaded.definition, cast, catalog.organisation.roles)
    if wrong:
        return Trial(process, beside, (), watch.coverage, tuple(wrong))
    told = tuple(run_scenario(scenario, watch, cast, patience) for scenario in file.scenarios)
    return Trial(process, beside, told, watch.coverage, tuple(failures(told)))


def _none_there(path: str, beside: str) -> Problem:
    message = f"Expected scenarios beside the process, but there is no {beside}"
    return Problem(Place(path), "no-scenarios", message, "write what the process should do, told as cases")
