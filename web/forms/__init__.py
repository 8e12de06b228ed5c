"""Forms on a page: drawn from the form's own definition, and read back as what was typed.

Judges nothing: `engine.definition.forms` does, on the server, whatever the browser let through.
"""

from web.forms.reading import Files, typed
from web.forms.showing import ShownField, ShownForm, shown

__all__ = ["Files", "ShownField", "ShownForm", "shown", "typed"]
