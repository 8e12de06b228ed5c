"""What to do about text that is not YAML.

Owns the order in which the guesses are asked, and the sentence when none knows. Knows neither the parser nor
what a document means.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.definition import layout, unquoted
from engine.definition.characters import split_lines
from engine.definition.scene import Complaint, Finding, Scene
from engine.errors import Place, Problem


def explain(source: str, file: str, complaint: Complaint) -> Problem:
    """The problem for a parser's complaint, placed where the mistake was made rather than where the parser
    noticed.
    """
    scene = Scene(split_lines(source), complaint)
    for guess in _GUESSES:
        finding = guess(scene)
        if finding is not None:
            line, column, message, advice = finding
            return Problem(Place(file, line + 1, column + 1), "yaml-syntax", message, advice)
    message = f"This does not fit here: {complaint.problem}"
    advice = "Compare indentation, quotes and brackets with the line above"
    return Problem(Place(file, complaint.line + 1, complaint.column + 1), "yaml-syntax", message, advice)


_GUESSES: tuple[Callable[[Scene], Finding | None], ...] = (
    layout.tab,
    unquoted.unclosed_quote,
    unquoted.escape,
    unquoted.start_of_text,
    layout.dash_behind_key,
    unquoted.after_quote,
    unquoted.flow,
    unquoted.after_bracket,
    unquoted.text_with_colon,
    layout.colon_out_of_place,
    layout.no_colon,
    layout.indentation,
)
"""From the surest to the least sure; the first that knows something is heard."""
