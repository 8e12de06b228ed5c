"""What is written in the box of a state: who does its work, who may not, by when, and what it begins.

Owns these lines and the choice of the shape.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.drawing.picture import Shape
from engine.core.drawing.wording import Wording
from engine.definition.model import State


def lines_of(state: State, words: Wording) -> Iterator[str]:
    """Small type below the title, a line each."""
    if state.task is not None:
        yield words.roles(state.task.candidates)
    if state.approval is not None:
        yield from (words.rule(branch, len(state.approval.rules)) for branch in state.approval.rules)
        if state.approval.binds:
            yield words.say("about", words.things(state.approval.binds))
    if state.work is not None and state.work.exclude:
        yield words.say("except", words.things(state.work.exclude))
    if state.work is not None and state.work.due is not None:
        yield words.say("due", words.due(state.work.due))
    called = tuple(calling.process for calling in state.calls)
    if called:
        yield words.say("calls", words.things(called))
    if "open" in state.words:
        yield words.effects(state.words["open"])
    if "publish" in state.words:
        yield words.say("publishes")


def shape_of(state: State) -> Shape:
    if state.ending is not None:
        return "final"
    if state.fork is not None or state.each is not None:
        return "split"
    if state.work is not None:
        return "task" if state.task is not None else "approval"
    return "automatic" if state.go is not None else "wait"
