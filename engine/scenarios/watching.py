"""What a step of a scenario has reached: from what the definition's ears heard, and from the step's events.

Owns what each event says about the ways taken. How a definition is made to listen is `engine.scenarios.ears`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.events import Event
from engine.core.instance import Instance
from engine.definition.model import BEGIN, Definition
from engine.scenarios.coverage import (
    CONFIRMATIONS,
    ENDS,
    GUARDS,
    RULES,
    RUNGS,
    STATES,
    TIMERS,
    TRANSITIONS,
    Key,
)
from engine.scenarios.ears import Ears

OF_THE_PROCESS = ("anywhere", "heed", "start", "clock", "beside", "rung")
"""Kinds of moves that belong to no state."""


class Watch:
    """See the module. `definition` is what scenarios run on; `coverage` what they have reached so far."""

    def __init__(self, definition: Definition) -> None:
        self._ears = Ears(definition)
        self._counting: dict[str, int] = {}
        self._confirming: dict[str, Key] = {}
        self._plain = definition
        self.definition = self._ears.definition
        self.coverage = self._ears.coverage

    def forget(self) -> None:
        """The step came to nothing, but that an outcome was not offered was seen."""
        self.coverage.reach(key for key in self._ears.heard if key[-2:] == ("only-when", "false"))
        self._ears.heard.clear()

    def keep(self, after: Instance, events: Sequence[Event], asked: Key | None) -> None:
        """The step was done: what was heard counts, and what its events tell.

        `asked` is the move that was asked for outside a task.
        """
        heard = set(self._ears.heard)
        self._ears.heard.clear()
        moved: set[Key] = set()
        unmoved = any(event.type == "confirmation-asked" for event in events)
        fired = [asked] if asked is not None and not unmoved else []
        held: set[Key] = set()
        for event in events:
            body = event.body
            if event.type == "moved":
                move = self._move(body["from"], body["trigger"])
                moved.add((TRANSITIONS, *move, str(self._taken(move, body.get("decided", ())))))
                heard.update(((STATES, body["from"]), (STATES, body["to"])))
            elif event.type == "timer-fired" and "rung" in body:
                heard.add((RUNGS, body["word"], body["state"], body["rung"]))
                fired.append(self._rung_key(body["word"], body["state"], body["rung"]))
            elif event.type == "timer-fired" and "word" not in body:
                heard.add((TIMERS, body["state"], str(body["index"])))
                fired.append((body["state"], f"after:{body['index']}"))
            elif event.type == "message-received":
                own = (body["state"], f"wait-for:{body['message']}")
                fired.append(own if own in self._ears.moves else ("", f"heed:{body['message']}"))
            elif event.type == "approval-closed" and body["task"] in self._confirming:
                key = self._confirming[body["task"]]
                heard.add((CONFIRMATIONS, *key, "approved" if body["outcome"] == "approved" else "rejected"))
                if body["outcome"] == "approved":
                    fired.append(key)
            elif event.type == "task-completed" and body["task"] not in self._confirming:
                beside = body["state"] in self._plain.tasks
                own = ("", f"beside:{body['state']}.{body['outcome']}")
                fired.append(own if beside else (body["state"], f"on:{body['outcome']}"))
            elif event.type == "approval-closed":
                heard.add((RULES, body["state"], str(self._counting[body["task"]])))
            elif event.type == "move-held":
                held.add(self._move(body["state"], body["trigger"]))
            elif event.type == "completed":
                heard.add((ENDS, body["outcome"]))
        for key in fired:
            if key in self._ears.moves and key not in held and not any(one[1:3] == key for one in moved):
                heard.add((TRANSITIONS, *key, str(self._stayed(key, heard))))
        heard.update((STATES, state) for state in after.states)
        self._counting = {approval.id: approval.rule for approval in after.approvals.values()}
        self._confirming = {
            approval.id: self._move(approval.state, approval.asked["move"])
            for approval in after.approvals.values()
            if approval.asked is not None
        }
        self.coverage.reach(heard | moved)

    def _move(self, source: str, trigger: str) -> Key:
        kind = trigger.partition(":")[0]
        return ("" if kind in OF_THE_PROCESS or source == BEGIN else source, trigger)

    def _rung_key(self, word: str, name: str, rung: str) -> Key:
        """The move of a rung: a clock's, that of a task beside the case's own work, or that of a state's task."""
        if word == "clock":
            return ("", f"clock:{name}.{rung}")
        return ("", f"rung:{name}.{rung}") if name in self._plain.tasks else (name, f"escalate:{rung}")

    def _taken(self, key: Key, decided: Sequence[Mapping[str, Any]]) -> int:
        last = len(self._ears.moves[key].branches) - 1
        held = (number for number, guard in enumerate(decided) if guard["result"] and guard["when"] != "else")
        return next(held, last)

    def _stayed(self, key: Key, heard: set[Key]) -> int:
        """The branch of a move after which the case stays where it is: no event tells, but its guards did."""
        branches = self._ears.moves[key].branches
        held = (n for n in range(len(branches)) if (GUARDS, *key, str(n), "when", "true") in heard)
        return next(held, len(branches) - 1)
