"""How large a process may be.

Owns the limits that keep every analysis quick, whatever somebody's file holds; far beyond what people can
still
oversee. Counts what is written and looks nothing up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.definition import nodes
from engine.definition.catalog import Catalog
from engine.definition.outline import Outline
from engine.definition.shapes import Said
from engine.errors import Place, Problem


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many, of what, and what to do when there are more."""

    most: int
    what: str
    advice: str


LIMITS: Mapping[str, Limit] = {
    "states": Limit(400, "states", "split the process in two"),
    "moves": Limit(2_000, "moves and their branches", "split the process in two"),
    "steps": Limit(6_000, "steps from state to state", "name fewer states under `from`, or split the process in two"),
    "names": Limit(250, "variables, people, decisions and milestones", "split the process in two"),
    "rows": Limit(2_000, "rows of decision tables", "split the tables, or ask for the answer in a form"),
    "expressions": Limit(60_000, "characters in conditions", "make a decision table of them, or a variable"),
    "placeholders": Limit(6_000, "placeholders in all the messages that are sent", "send fewer different messages"),
}


def too_large(outline: Outline, catalog: Catalog) -> list[Problem]:
    """What there is too much of; empty for nearly every process."""
    counts = _counts(outline, catalog)
    found = []
    for key, limit in LIMITS.items():
        count, place = counts[key]
        if count > limit.most:
            message = f"Expected at most {limit.most:,} {limit.what}, but there are {count:,}"
            found.append(Problem(place, "too-large", message, limit.advice))
    return found


def _counts(outline: Outline, catalog: Catalog) -> dict[str, tuple[int, Place]]:
    head = outline.head
    branches = sum(len(move.branches) for move in outline.moves)
    anywhere = sum(len(outline.sources_of(move)) * len(move.branches) for move in outline.anywhere)
    named = sum(len(head.get(key, ())) for key in ("variables", "people", "decisions"))
    milestones = len({said.text for actions in outline.doing for said in actions.milestones})
    here = {key: head.places.get(key, head.place) for key in ("states", "on", "variables", "decisions")}
    return {
        "states": (len(outline.states), here["states"]),
        "moves": (branches, here["states"]),
        "steps": (branches + anywhere, here["on"]),
        "names": (named + milestones, here["variables"]),
        "rows": (sum(_rows(table) for _, table in head.get("decisions", ())), here["decisions"]),
        "expressions": (sum(len(said.text) for said in _conditions(outline)), here["states"]),
        "placeholders": (_placeholders(outline, catalog), here["states"]),
    }


def _rows(table: nodes.Mapping) -> int:
    rows = table.get("rows")
    return len(rows.items) if isinstance(rows, nodes.Sequence) else 0


def _conditions(outline: Outline) -> Iterator[Said]:
    for move in outline.moves:
        yield from (branch.when for branch in move.branches if branch.when is not None)
        only_when = move.words.get("only-when")
        if only_when is not None:
            yield only_when
    for actions in outline.doing:
        yield from (value for _, value in actions.settings)
        for doing in (actions.sendings, actions.notices, actions.openings):
            yield from (one.when for one in doing if one.when is not None)
        for call in actions.calls:
            yield from (value for _, value in call.fields)
            yield from (said for said in (call.when, call.received, call.blocks) if said is not None)


def _placeholders(outline: Outline, catalog: Catalog) -> int:
    """In every language of every message, as often as it is sent: each time they are checked against what is
    known there.
    """
    sent = Counter(send.message.text for actions in outline.doing for send in actions.sendings)
    return sum(
        times * len(template.placeholders)
        for message, times in sent.items()
        for template in catalog.templates.get(message, {}).values()
    )
