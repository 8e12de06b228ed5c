"""The outcomes of a task, and where each leads.

Each key is an outcome that the person chooses; its value is a move: a state's id, a list of branches, or a mapping with
more to say.

```yaml
on:
  answer: {title: Send the answer, form: inquiry-answer, go: answered}
  triage:
    - {when: triage.is_spam, go: spam}
    - {else: triaged}
  convert: {only-when: triage.is_complaint, form: inquiry-conversion, go: converted}
```

Of branches the first whose guard (`when`) holds is taken; the guards see the form that was just filled in. They have
to cover everything that can happen, or end with `else`. `only-when` is judged before: the outcome is not offered
while it does not hold. `form` is the outcome's own form, in place of the task's (`form: none` when there is nothing
to fill in); `by` lets only some of the candidates choose it; `comment: true` asks for a comment. In a state without a
task, `on` names what may be asked for there, and `by` has to say by whom; `exclude` says by whom not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.definition.shapes import MapOf, name
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

SHAPE = MapOf(
    name("an outcome"),
    move.move("title", "help", "by", "exclude", "form", "only-when", "comment", "needs"),
    "a mapping of outcomes to where they lead, such as {answer: answered}",
)


def _moves(source: Any) -> Iterable[SourceMove]:
    return (way.named("on", outcome) for outcome, way in source)


def _bind(source: Any, binder: Binder) -> Any:
    return {bound.name: bound for bound in (move.bind_move(way, binder) for way in _moves(source))}


WORD = Keyword("on", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves)
