"""What people write who know another language, and what to write here instead.

Owns those signs and words with their advice. Knows nothing of how they are found.
"""

from __future__ import annotations

# What people write who know another language: what it becomes (so that checking can go on), or None, and what
# to do.
FOREIGN: tuple[tuple[str, str | None, str, str], ...] = (
    ("===", "==", "expression-syntax", "Expected `==`: write two equals signs to compare."),
    ("&&", "and", "expression-syntax", "Expected `and`: write the word."),
    ("||", "or", "expression-syntax", "Expected `or`: write the word."),
    ("<>", "!=", "expression-syntax", "Expected `!=`."),
    ("=<", "<=", "expression-syntax", "Expected `<=`."),
    ("=>", ">=", "expression-syntax", "Expected `>=`."),
    (":=", None, "not-allowed", "An expression cannot give a name a value; use `set` for that."),
    ("**", None, "not-allowed", "There are no powers; multiply instead."),
    ("//", None, "not-allowed", "Use `/`, with `round(…, 0)` for a whole number."),
    ("<<", None, "not-allowed", "There are no bit operations; use `and`, `or` and comparisons."),
    (">>", None, "not-allowed", "There are no bit operations; use `and`, `or` and comparisons."),
    ("=", "==", "expression-syntax", "Expected `==`: write two equals signs to compare."),
    ("!", "not", "expression-syntax", "Expected `not`: write the word."),
    ("&", None, "not-allowed", "There are no bit operations; write `and`."),
    ("|", None, "not-allowed", "There are no bit operations; write `or`."),
    (
        "^",
        None,
        "not-allowed",
        "There are no bit operations; for a difference of two conditions write `a != b`.",
    ),
    ("~", None, "not-allowed", "There are no bit operations; write `not`."),
    ("%", None, "not-allowed", "There is no remainder; for a percentage write `* 0.05` or `/ 100`."),
    ("{", None, "not-allowed", "Write a list in square brackets, `[a, b]`, and put other text in quotes."),
    ("}", None, "not-allowed", "Write a list in square brackets, `[a, b]`, and put other text in quotes."),
    (":", None, "not-allowed", "Put a time or other text with a colon in quotes."),
    (";", None, "not-allowed", "Write one expression; join conditions with `and` or `or`."),
    ("?", None, "not-allowed", "For a choice of two values write `a if condition else b`."),
    ("@", None, "not-allowed", "Put an address in quotes."),
    ("#", None, "not-allowed", "Put comments outside the expression."),
    ("$", None, "not-allowed", "Write names without a sign before them; give amounts as plain numbers."),
    ("`", None, "not-allowed", 'Put text in quotes: "…".'),
    ("\\", None, "not-allowed", "A backslash has no meaning here; leave it out."),
)
LOOKALIKE = {
    "“": 'straight quotes: "…"',
    "”": 'straight quotes: "…"',
    "„": 'straight quotes: "…"',
    "‘": "straight quotes: '…'",
    "’": "straight quotes: '…'",
    "‚": "straight quotes: '…'",
    "«": 'straight quotes: "…"',
    "»": 'straight quotes: "…"',
    "≤": "`<=`",
    "≥": "`>=`",
    "≠": "`!=`",
    "×": "`*`",
    "·": "`*`",
    "÷": "`/`",
    "−": "`-`",
    "–": "`-`",
    "—": "`-`",
    "‑": "`-`",
    "∧": "`and`",
    "∨": "`or`",
    "¬": "`not`",
    "∈": "`in`",
    "…": "the whole list",
    "\u00a0": "an ordinary space",
    "\u2009": "an ordinary space",
    "\u202f": "an ordinary space",
}
SHOUTED = {"AND": "and", "OR": "or", "NOT": "not", "IN": "in", "IS": "is"}
CAPITAL = {"True": "true", "False": "false", "TRUE": "true", "FALSE": "false"}
NOTHING = frozenset({"None", "null", "NULL", "Null", "nil", "undefined"})
