"""Who the customer of a case is: where their name, address and language stand.

```yaml
customer: {name: intake.contact_name, email: intake.contact_email, language: intake.language}
customer: {person: intake.customer, name: intake.contact_name}
```

Each is an expression over the start form. What the form leaves out is simply not known. `person` is a field
of the format person: that customer may act in the case as if they had started it. A customer without an e-mail
address is not written to. Messages go out in their language when the process has it, else in the first of the process's
`languages`.
"""

from __future__ import annotations

from typing import Any

from engine.definition.shapes import EXPRESSION, Entry, Got, Record
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

PARTS = {
    "person": "who they are, when Heard knows them as a person: they may act in the case, whoever started it",
    "name": "what they are called",
    "email": "where messages go",
    "language": "the language they read",
    "phone": "where they can be called",
}


def _bind(source: Got, binder: Binder) -> Any:
    lenient = binder.leniently()
    bound = {part: lenient.expression(source[part]) for part in PARTS if part in source}
    return {part: expression for part, expression in bound.items() if expression is not None}


WORD = Keyword(
    "customer",
    ("process",),
    Record({part: Entry(EXPRESSION, doc) for part, doc in PARTS.items()}, "a mapping"),
    __doc__,
    bind=_bind,
)
