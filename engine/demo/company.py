"""Setting the stage: the organisation and the processes as they are shipped, then the stories, then the
complaints of others.

Owns the order of these and what is shown at the end. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.definition.catalog import ORGANISATION, Catalog
from engine.definition.loader import examine, sound
from engine.definition.nodes import plain
from engine.definition.proof import proof_of
from engine.definition.reader import read
from engine.demo.delivering import deliver
from engine.demo.playing import Play
from engine.demo.story import Act, agenda
from engine.demo.workdays import Times
from engine.directory import Directory
from engine.errors import DefinitionError
from engine.importing.cases import sources
from engine.importing.reading import read_map
from engine.importing.running import Importer, Report
from engine.importing.table import Table
from engine.runtime import Engine
from engine.scenarios.trial import try_process
from engine.store.database import Store

COMPLAINTS = "consumer-complaints"
HOURS_OF = "inquiry"
"""The process whose calendar says when the office is open."""
Each = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Guide:
    """Where a newcomer begins: whose inbox, which case, and how its task can be completed; then the stories of a
    complaint that is late, of one with a corrective action, of that action and of one that failed; and a deputy.
    """

    person: str
    story: str
    outcome: str
    values: Mapping[str, str]
    late: str
    complaint: str
    action: str
    again: str
    deputy: str


GUIDE = Guide(
    person="ann",
    story="slow-route",
    outcome="answer",
    values={
        "answer_text": "Switch off live traffic under Settings, Routes; 8.3.1 mends it.",
        "resolution_code": "workaround",
        "kb_action": "none",
    },
    late="driver-phones",
    complaint="warning-sound",
    action="warning-sound-action",
    again="lost-orders-action",
    deputy="farid",
)


def load_people(store: Store, catalog: Catalog) -> int:
    """The people and roles of the shipped organisation; how many people."""
    data = plain(read(catalog.files[ORGANISATION], ORGANISATION))
    assert isinstance(data, dict)
    return Directory(store).load_organisation(data)


def deploy(store: Store, catalog: Catalog, at: datetime) -> tuple[str, ...]:
    """Every shipped process, in force from `at` on, written by somebody who answers for it, with its scenarios as they
    go; their names.

    Raises DefinitionError when one has errors.
    """
    engine = Engine(store, lambda: at)
    loaded = [examine(catalog, path) for path in catalog.process_files()]
    errors = [problem for one in loaded for problem in one.errors]
    if errors:
        raise DefinitionError(errors)
    with store.transaction():
        return tuple(
            engine.deploy(
                one,
                catalog.organisation.holders(sound(one)[1].owner)[0],
                "The first version",
                proof=proof_of(catalog, sound(one)[0]),
                verdict=try_process(catalog, one.path).verdict,
            ).process
            for one in loaded
        )


def told(catalog: Catalog, now: datetime) -> tuple[Act, ...]:
    """What has happened by now at the sample company, in the order of time."""
    definition = examine(catalog, f"processes/{HOURS_OF}.yaml").definition
    assert definition is not None
    return agenda(Times(definition.calendar, now))


def play(store: Store, acts: tuple[Act, ...], now: datetime, each: Each) -> dict[str, str]:
    """The stories, all in one transaction so that it is quick on any disk; story -> reference. What they sent counts as
    delivered: these customers have no mailbox.
    """
    stage = Play(store, acts[0].at)
    with store.transaction():
        stage.run(acts, now, each)
        deliver(stage.engine, stage.clock, now)
    return {story: stage.reference(story) for story in stage.cases}


def first_day(acts: tuple[Act, ...]) -> datetime:
    """A moment before everything, for the processes to be in force."""
    return min(act.received or act.at for act in acts) - timedelta(days=1)


class Complaints:
    """The public complaints beside the map that says how to read them."""

    def __init__(self, store: Store, home: Path, now: datetime) -> None:
        folder = home / "processes" / "imports"
        map_file = folder / f"{COMPLAINTS}.map.yaml"
        mapping = read_map(map_file.read_bytes(), str(map_file))
        table = Table(folder / f"{COMPLAINTS}.csv", mapping)
        self.cases = tuple(sources(table.lines(), mapping))
        self._importer = Importer(store, mapping, now)
        self._store = store

    def bring_in(self, each: Each) -> Report:
        """Every row; what came of them."""
        report = Report()
        with self._store.transaction():
            for source in self._importer.bring_in(self.cases, report):
                each(source)
        return report
