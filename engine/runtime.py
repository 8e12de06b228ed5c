"""One command, one transaction: load, step, save.

Owns the transaction, the clock, the ids and the cache of definitions; decides nothing. Pages, CLI, workers and imports
all come in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from engine.announcing import Announcing
from engine.children import Desk, Taken, concerns_others, follow, raised_here
from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.asked import fingerprint, fingerprint_of, refuse_unbearable
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.plain import refuse_text, refuse_values
from engine.core.roster import Roll, Roster, StandIn
from engine.core.step import step
from engine.definition.catalog import Bundle
from engine.definition.loader import Loaded, load, sound
from engine.definition.model import Definition
from engine.definition.proof import Proof, Verdict
from engine.errors import Rejected
from engine.publishing import Version, make_version, put_in_force
from engine.starting import starting
from engine.store import absences, deployments, drafts, files, idempotency, instances, people, queries
from engine.store.database import Store
from engine.store.deployments import Deployment
from engine.watching import Watched

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class VirtualClock:
    """A clock that stands until it is set: for demos, imports and tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to.

    `stuck` is empty unless the process failed and an incident was raised; `events` is empty for a repeated request.
    `sets` is when the first timer is due that was set, in this case or in one that it concerns.
    """

    instance: str
    reference: str
    revision: int
    stuck: str = ""
    events: tuple[Event, ...] = ()
    sets: datetime | None = None


_REMEMBERED = ("instance", "reference", "revision", "stuck")


@lru_cache(maxsize=256)
def _pinned(bundle: str) -> Definition:
    """A pinned version, read once for all engines of this program: an import has its own beside that of the pages.

    Keyed by the whole text, so that no store is answered with what another holds.
    """
    return load(Bundle.from_json(bundle))


class Engine:
    """The runtime over one store. Safe to share between threads.

    `clock` tells what time it is for the case (a virtual one in demos and imports). When a history line was written is
    told by `recording`, the real clock. `roll` tells who holds a role, for approvals: the people in the store, unless
    somebody knows better.
    """

    def __init__(
        self, store: Store, clock: Clock = wall_clock, recording: Clock = wall_clock, *, roll: Roll | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.recording = recording
        asked = partial(files.keeps, store), partial(people.title, store), partial(people.works, store)
        self.roster = Roster(roll or self._holders, partial(people.zone, store), self._stand_ins, *asked)
        self.definition = lru_cache(maxsize=256)(self._load)
        self._announce = Announcing(store)

    def _load(self, digest: str) -> Definition:
        bundle = deployments.bundle(self.store, digest)
        if bundle is None:
            raise Rejected(
                "no-such-version", f"Expected a deployed version, but there is none with the digest {digest[:12]}"
            )
        return _pinned(bundle)

    # --- definitions

    def deploy(
        self,
        loaded: Loaded,
        by: str,
        note: str = "",
        *,
        effective_from: datetime | None = None,
        proof: Proof | None = None,
        verdict: Verdict | None = None,
    ) -> Deployment:
        """Make a version startable, from now on unless a later moment is given, with its scenarios and how they went.

        The same content again changes nothing. The caller has shown its problems; one with errors has no bundle.
        """
        bundle, definition = sound(loaded)
        version = Version(bundle, definition.title, by, note, effective_from, proof, verdict)
        return make_version(self.store, version, self.clock())

    def in_force(self, process: str) -> Definition:
        """The version that new cases begin with now. Raises Rejected("no-such-process")."""
        found = deployments.in_force(self.store, process, self.clock())
        if found is None:
            known = sorted({one.process for one in deployments.all_of(self.store)})
            if process in known:
                raise Rejected(
                    "no-such-process",
                    f"Expected a version of '{process}' that is in force now, but it is deployed for a later time",
                )
            here = f"deployed are {', '.join(known)}" if known else "nothing has been deployed yet; see `heard deploy`"
            raise Rejected("no-such-process", f"Expected a deployed process, but there is no '{process}': {here}")
        return self.definition(found.digest)

    # --- commands

    def start(
        self,
        process: str,
        actor: Actor,
        values: Mapping[str, Any],
        *,
        received_at: datetime | None = None,
        external_id: str = "",
        key: str = "",
        version: Definition | None = None,
        mail: Mapping[str, Any] | None = None,
    ) -> Result:
        """Start a case, with the version in force now unless one is given.

        With a `key`, a repeated request gives the first case again. `mail` is the mail with which it begins.
        """
        with Watched("Start", actor) as seen:
            refuse_text({"process": process, "key": key, "external_id": external_id})
            refuse_values(values)
            definition = version or self.in_force(process)
            seen.process = definition.key
            at = self.clock()
            mark = fingerprint("Start", process, actor.id, values, external_id)

            def once() -> Result:
                known = self._known(key, "Start", mark)
                if known is not None:
                    return known
                asked = {"actor": actor, "key": key, "values": values, "external_id": external_id, "mail": mail}
                return self._step(definition, None, starting(self.store, definition, at, received_at, **asked), mark)

            return seen.came_to(self.store.unit(once))

    def do(self, instance: str, command: c.Command) -> Result:
        """Do a command on a case (its id).

        Raises Rejected, with nothing written but, for a completion, what was typed.
        """
        with Watched(type(command).__name__, command.actor) as seen:
            refuse_unbearable(instance, command)
            mark = fingerprint_of(instance, command) if command.key else ""

            def once() -> Result:
                known = self._known(command.key, type(command).__name__, mark)
                if known is not None:
                    return known
                old = self.instance(instance)
                seen.process, seen.case = old.process, old.reference
                return self._step(self.definition(old.digest), old, command, mark)

            try:
                return seen.came_to(self.store.unit(once))
            except Exception:
                self._keep_typed(command)
                raise

    def instance(self, instance: str) -> Instance:
        """The case's snapshot. Raises Rejected("no-such-case")."""
        found = instances.load(self.store, instance)
        if found is None:
            raise Rejected("no-such-case", "Expected a case, but there is none with this id")
        return found

    def find(self, reference: str) -> str:
        """The id of the case with this reference. Raises Rejected("no-such-case")."""
        found = instances.by_reference(self.store, reference.strip().upper())
        if found is None:
            raise Rejected("no-such-case", f"Expected a case, but there is no '{reference}'; see `heard cases`")
        return found

    def _step(self, definition: Definition, old: Instance | None, command: c.Command, mark: str) -> Result:
        taken = self._take(definition, old, command)
        saved, events, sets = taken.new, taken.done.events, taken.sets
        stuck = str(taken.done.stuck) if taken.done.stuck else ""
        if concerns_others(taken):
            others = follow(Desk(self.store, self.definition, self.in_force, self._take), taken, command)
            for one in others:
                if one.new.id == saved.id:
                    saved, events = one.new, (*events, *one.done.events)
            stuck = stuck or raised_here(others, saved.id)
            sets = min((at for at in (sets, *(one.sets for one in others)) if at is not None), default=None)
        result = Result(saved.id, saved.reference, saved.revision, stuck, events, sets)
        if command.key:
            name, kept = type(command).__name__, {one: getattr(result, one) for one in _REMEMBERED}
            idempotency.remember(self.store, command.key, name, mark, saved.id, kept, self.recording())
        return result

    def _take(self, definition: Definition, old: Instance | None, command: c.Command) -> Taken:
        """One step, saved."""
        done = step(definition, old, command, self.roster)
        saved = instances.save(self.store, old, done.instance, done.events, done.effects, self.recording())
        self._announce(saved, done.events, self.recording())
        if done.effects:
            put_in_force(self.store, self.definition, done.effects, command.at)
        return Taken(old, saved, done)

    def _holders(self, role: str) -> frozenset[str]:
        return frozenset(people.holders(self.store, role))

    def _stand_ins(self, at: datetime) -> Sequence[StandIn]:
        return absences.stand_ins(self.store, at)

    def _known(self, key: str, name: str, mark: str) -> Result | None:
        kept = idempotency.remembered(self.store, key, name, mark) if key else None
        return Result(**kept) if kept is not None else None

    def _keep_typed(self, command: c.Command) -> None:
        """A completion that was refused, or failed by our own fault, leaves a draft: what was typed can be sent again
        once the reason is mended.
        """
        if not isinstance(command, c.Complete) or not command.values:
            return
        # Whatever is wrong here too: the failure that brought us here is what the person has to hear.
        with suppress(Exception), self.store.transaction():
            if queries.task(self.store, command.task) is None:
                return
            drafts.keep(self.store, command.task, command.actor.id, command.values, command.outcome, self.recording())
