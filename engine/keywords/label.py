"""What the customer reads about where their case stands.

One sentence a language, in plain words. A state without a label leaves the last one standing.

```yaml
label: {en: We are working on your question., de: Wir bearbeiten Ihre Frage.}
```
"""

from __future__ import annotations

from engine.core.draft import Draft
from engine.definition.shapes import Localised
from engine.definition.texts import Localised as LocalText
from engine.definition.texts import localised
from engine.keywords.base import Keyword


def _enter(draft: Draft, token: str, meaning: LocalText) -> None:
    language = draft.customer.get("language", "") or draft.definition.languages[0]
    draft.label = localised(meaning, language)


WORD = Keyword("label", ("state",), Localised(), __doc__, bind=lambda source, binder: source, enter=_enter)
