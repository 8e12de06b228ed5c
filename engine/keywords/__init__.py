"""The words: one file each, listed here in the order in which they act when a token enters a state.

Adding a word is one new file, one line below, one test. Everything else (schema, parser, reference pages, runtime)
finds it through this registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from engine.keywords import (
    after,
    anywhere,
    approval,
    call,
    candidates,
    clocks,
    customer,
    decisions,
    due,
    escalate,
    exclude,
    final,
    for_each,
    go,
    heed,
    label,
    milestone,
    milestones,
    needs,
    notify,
    on,
    open,
    parallel,
    people,
    publish,
    send,
    stages,
    start,
    task,
    tasks,
    variables,
    wait_for,
)
from engine.keywords import set as set_word
from engine.keywords.base import Keyword

# `set` and `milestone` come first, so that everything after sees them; `send` comes after `task`, so that a message can
# tell the due time; `call` after both, so that it passes on what is known by then.
WORDS: tuple[Keyword, ...] = (
    start.WORD,
    customer.WORD,
    people.WORD,
    variables.WORD,
    decisions.WORD,
    anywhere.WORD,
    heed.WORD,
    tasks.WORD,
    clocks.WORD,
    stages.WORD,
    milestones.WORD,
    set_word.WORD,
    milestone.WORD,
    label.WORD,
    task.WORD,
    approval.WORD,
    candidates.WORD,
    exclude.WORD,
    due.WORD,
    escalate.WORD,
    on.WORD,
    needs.WORD,
    wait_for.WORD,
    after.WORD,
    send.WORD,
    notify.WORD,
    open.WORD,
    call.WORD,
    publish.WORD,
    parallel.WORD,
    for_each.WORD,
    go.WORD,
    final.WORD,
)


@cache
def words(where: str) -> Mapping[str, Keyword]:
    """The words that may stand at this place (`process`, `state`, `task`), by the key an author writes."""
    return {word.name.removesuffix(" (process)"): word for word in WORDS if where in word.where}
