"""Sends a message made from a template.

On entering a state or along with a move. The message is rendered in the reader's language at that moment and kept in
the history exactly as it went out; the outbox delivers it afterwards, so a mail server that is down stops nobody's
work.

```yaml
send: inquiry-received                       # to the customer
send: [inquiry-received, {message: unassigned-too-long, to: team-lead}]
send: {message: inquiry-delay, when: severity in [S1, S2]}
```

```yaml
send: {message: inquiry-quote, attach: [quote.document, quote.terms]}
```

`attach` names fields that hold files; these go along, as they were when the message was sent. A field that is not
filled in adds none.

`to` is `customer` (when nothing is said), `starter`, a role or a name of `people`. The template lies in
`processes/messages/<id>.<language>.md`, one file for each of the process's `languages`; colleagues are written to in
the first of them. A line of it with `{decision.compensation?}` is left out when there is no such value.

A template also knows the process's own promises: `{promises.answer?}` is when the clock `answer` runs out; of one that
does not run yet, when it does if it begins with this message. Where nothing is promised, or the clock stands still, the
line is left out.

Whoever stands in for a colleague who is away is written the same, on their behalf. A customer who gave no e-mail
address, and a name of `people` that is nobody yet, cannot be written to: the history says so.
"""

from __future__ import annotations

from engine.definition.sources import SourceActions, sends
from engine.keywords import action_entries, doing
from engine.keywords.base import Keyword

WORD = Keyword(
    "send",
    ("state",),
    action_entries.SENDS,
    __doc__,
    bind=lambda source, binder: doing.bind_actions(SourceActions(sendings=sends(source)), binder),
    enter=doing.perform,
)
