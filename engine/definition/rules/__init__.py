"""The rules of a sound process: one a file, listed here in the order in which they are asked.

A rule sees the whole process; what one word can tell about itself stands with that word. Adding a rule is one
new file, one line below, one test.
"""

from __future__ import annotations

from engine.definition.rules import (
    approvals,
    authors,
    branch_forms,
    branches,
    called,
    calls,
    clocks,
    closing,
    customers,
    doers,
    ending,
    guards,
    joins,
    kept_out,
    labels,
    loops,
    milestones,
    names_used,
    notices,
    outcomes,
    promises,
    publishing,
    quorums,
    reachability,
    retention,
    roles,
    scenarios_there,
    side_tasks,
    sources,
    standing_still,
    tables,
    thresholds,
    waits,
    words_apart,
)
from engine.definition.rules.rule import Rule, Sight

__all__ = ["RULES", "Rule", "Sight"]

RULES: tuple[Rule, ...] = (
    words_apart.RULE,
    outcomes.RULE,
    approvals.RULE,
    authors.RULE,
    quorums.RULE,
    publishing.RULE,
    standing_still.RULE,
    reachability.RULE,
    ending.RULE,
    loops.RULE,
    branches.RULE,
    joins.RULE,
    branch_forms.RULE,
    waits.RULE,
    calls.RULE,
    called.RULE,
    sources.RULE,
    guards.RULE,
    closing.RULE,
    tables.RULE,
    clocks.RULE,
    thresholds.RULE,
    side_tasks.RULE,
    notices.RULE,
    doers.RULE,
    kept_out.RULE,
    roles.RULE,
    customers.RULE,
    labels.RULE,
    promises.RULE,
    retention.RULE,
    names_used.RULE,
    milestones.RULE,
    scenarios_there.RULE,
)
