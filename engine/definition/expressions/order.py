"""The order of the words: values and operators take turns.

Owns the checks before parsing, so that nearly every slip of grammar is named where it is and in our words.
Knows no precedence and no names.
"""

from __future__ import annotations

from engine.definition.expressions.words import Token

_STRANGE = frozenset(
    {
        "lambda",
        "await",
        "yield",
        "async",
        "import",
        "def",
        "del",
        "return",
        "exec",
        "eval",
        "while",
        "with",
        "as",
        "try",
        "then",
        "where",
    }
)
_BINARY = frozenset({"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", ","})


class Refused(Exception):
    """One problem that ends the parsing."""

    def __init__(self, at: int, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.at, self.code, self.message, self.advice = at, code, message, advice


def is_sign(token: Token, *texts: str) -> bool:
    return token.kind in ("keyword", "operator") and token.text in texts


def _named(token: Token, name: str) -> bool:
    return token.kind == "word" and token.text == name


def _operand(token: Token) -> bool:
    return token.kind in ("word", "number", "date", "text")


def _shown(token: Token) -> str:
    if token.kind == "end":
        return "the expression ends"
    return f"found `{token.text}`" if len(token.text) <= 40 else f"found `{token.text[:37]}…`"


def check_order(tokens: tuple[Token, ...]) -> None:
    """Values and operators must take turns; so nearly every slip is named here and in our words."""
    if tokens[0].kind == "end":
        raise Refused(
            0,
            "expression-syntax",
            "Expected an expression, but there is nothing.",
            "Write a condition such as `triage.impact == high`.",
        )
    value_next = True
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else token
        value_next = _value_expected(token, before, after) if value_next else _operator_expected(token, before, after)


def _value_expected(token: Token, before: Token | None, after: Token) -> bool:
    """Check a token where a value has to come; whether one is still to come after it."""
    if before and is_sign(before, ".") and token.kind != "word":
        raise Refused(
            token.at,
            "expression-syntax",
            f"Expected a field's name after `.`, but {_shown(token)}.",
            "Write a path such as `form.field`.",
        )
    if _operand(token):
        return False
    if is_sign(token, "(", "["):
        if is_sign(after, ")", "]"):
            raise Refused(
                after.at,
                "expression-syntax",
                f"Expected a value in the brackets, but {_shown(after)}.",
                "Put at least one value there.",
            )
        return True
    if is_sign(token, "-"):
        return True
    if is_sign(token, "not"):
        if before and is_sign(before, "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "in"):
            raise Refused(
                token.at,
                "expression-syntax",
                f"`not` cannot follow `{before.text}`.",
                "Put it in brackets: `(not …)`.",
            )
        return True
    if is_sign(token, "+"):
        raise Refused(token.at, "not-allowed", "A `+` needs a value on its left.", "Leave it out.")
    if is_sign(token, "*"):
        raise Refused(
            token.at,
            "not-allowed",
            "A `*` needs a value on its left.",
            "Name the list itself; lists are not unpacked.",
        )
    where = f" after `{before.text}`" if before else ""
    raise Refused(
        token.at,
        "expression-syntax",
        f"Expected a value{where}, but {_shown(token)}.",
        "Add a name, a number or text in quotes, or remove the operator.",
    )


def _operator_expected(token: Token, before: Token | None, after: Token) -> bool:
    """Check a token that follows a value; whether a value has to come after it."""
    assert before is not None
    if token.kind == "end" or is_sign(token, ")", "]"):
        return False
    if is_sign(token, "("):
        if before.kind != "word":
            raise Refused(
                token.at,
                "expression-syntax",
                f"Expected an operator after {_before(before)}, but found `(`.",
                "Write `*`, `and` or another operator.",
            )
        return not is_sign(after, ")")
    if is_sign(token, "["):
        raise Refused(
            token.at,
            "not-allowed",
            "A list has no numbered places here.",
            "Use `any(… for row in …)` or another function over the whole list.",
        )
    if is_sign(token, "."):
        if before.kind != "word" and not is_sign(before, ")", "]"):
            raise Refused(
                token.at,
                "not-allowed",
                f"{_before(before).capitalize()} has no fields.",
                "Write a path such as `form.field`.",
            )
        return True
    if is_sign(before, "is") or (is_sign(before, "not") and _named(token, "set")):
        return False
    if is_sign(token, "not"):
        if not is_sign(after, "in"):
            raise Refused(
                token.at,
                "expression-syntax",
                f"Expected `in` after `not`, but {_shown(after)}.",
                "Write `a not in [b, c]`, or `and not …`.",
            )
        return False
    if is_sign(token, "is"):
        return False if is_sign(after, "not") or _named(after, "set") else _refuseis_sign(token, after)
    if is_sign(token, "and", "or", "in", "if", "else", "for") or is_sign(token, *_BINARY):
        return True
    if is_sign(before, "not"):
        raise Refused(
            token.at,
            "expression-syntax",
            f"Expected `set` after `is not`, but {_shown(token)}.",
            "Write `x is not set`, or `x != y` to compare.",
        )
    if before.kind == "word" and before.text in _STRANGE:
        raise Refused(
            before.at,
            "not-allowed",
            f"`{before.text}` is not part of an expression.",
            "Use conditions, arithmetic and the listed functions only.",
        )
    advice = "Add `and`, `or`, `==` or another operator; put text of several words in quotes."
    if token.kind == "number" or token.text in ("equals", "contains"):
        advice = 'Write `a == b`, or `contains(a, "x")`.' if token.kind == "word" else advice
    raise Refused(
        token.at,
        "expression-syntax",
        f"Expected an operator between {_before(before)} and `{token.text}`.",
        advice,
    )


def _before(token: Token) -> str:
    return "a closing bracket" if is_sign(token, ")", "]") else f"`{token.text[:40]}`"


def _refuseis_sign(token: Token, after: Token) -> bool:
    advice = f"Write `== {after.text}` to compare." if _operand(after) else "Write `x is set` or `x is not set`."
    raise Refused(token.at, "expression-syntax", f"Expected `set` after `is`, but {_shown(after)}.", advice)


def explain(column: int, masked: list[str], tokens: tuple[Token, ...]) -> Refused:
    """What to say when the parser stops at `column` of the masked words all the same."""
    at = tokens[-1].at
    for word, token in zip(masked, tokens, strict=False):
        if column <= len(word):
            at = token.at
            break
        column -= len(word) + 1
    for token in tokens:
        if is_sign(token, "if") and not any(is_sign(other, "else", "for") for other in tokens):
            return Refused(
                token.at,
                "expression-syntax",
                "Expected `else` after `if …`.",
                "Write `a if condition else b`; for a plain condition leave `if` out.",
            )
        if is_sign(token, "for"):
            advice = "Write `sum(row.amount for row in form.table if row.ok)`, inside any, all, count, sum, min or max."
            return Refused(token.at, "expression-syntax", "`for` is not complete here.", advice)
    return Refused(
        at,
        "expression-syntax",
        "This part cannot be read.",
        "Check the brackets and the order of values and operators.",
    )
