"""Every state can be come to.

Owns `unreachable-state`.
"""

from __future__ import annotations

from engine.definition.rules import excused
from engine.definition.rules.graph import listed, spread
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    lost = [name for name in sight.outline.states if name not in sight.graph.before]
    after: dict[str, list[str]] = {name: [] for name in lost}
    led_to: set[str] = set()
    for name in lost:
        after[name] = [edge.target for edge in sight.graph.steps.get(name, ()) if edge.target in after]
        led_to.update(target for target in after[name] if target != name)
    told = spread(excused.targets(sight, report) & set(lost), after)
    # What only follows on an unreachable state is told with it; of a lost round its first state stands for
    # all.
    for name in (*(name for name in lost if name not in led_to), *lost):
        if name in told:
            continue
        region = spread([name], after)
        more = [other for other in lost if other in region and other not in told and other != name]
        told |= region
        why = "no move leads there" if name not in led_to else f"only {listed(more)} can lead there"
        also = f"; {listed(more)} cannot be come to either" if more else ""
        report.problem(
            sight.outline.states[name].id.place,
            "unreachable-state",
            f"Expected a way to the state '{name}', but {why}{also}",
            "let a move go there, or remove the state",
        )


RULE = Rule({"unreachable-state": "No run of the process comes to this state."}, _check)
