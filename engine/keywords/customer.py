"""Who the customer of a case is: where their name, address and language stand.

```yaml
customer: {name: intake.contact_name, email: intake.contact_email, language: intake.language}
```

Each is an expression over the start form. What the form leaves out is simply not known: a customer without an e-mail
address is not written to. Messages go out in their language when the process has it, else in the first of the process's
`languages`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.definition.shapes import EXPRESSION, Entry, Got, Record
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

PARTS = {
    "name": "what they are called",
    "email": "where messages go",
    "language": "the language they read",
    "phone": "where they can be called",
}


def _bind(source: Got, binder: Binder) -> Any:
    lenient = replace(binder, scope=binder.flow.lenient(binder.scope))
    bound = {part: lenient.expression(source[part]) for part in PARTS if part in source}
    return {part: expression for part, expression in bound.items() if expression is not None}


WORD = Keyword(
    "customer",
    ("process",),
    Record({part: Entry(EXPRESSION, doc) for part, doc in PARTS.items()}, "a mapping"),
    __doc__,
    bind=_bind,
)
