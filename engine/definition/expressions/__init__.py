"""The expression language: conditions and calculations in processes, forms, tables and messages.

Owns the whole way from text to value: words, grammar, names and types, proof that a value is there,
evaluation, and whether a set of conditions leaves a gap. Knows nothing of YAML, forms, processes or storage.
"""

from engine.definition.expressions.exhaustive import Verdict, guards_exhaustive
from engine.definition.expressions.expression import Expression, compile_expression
from engine.definition.expressions.functions import FUNCTIONS, Function
from engine.definition.expressions.scope import Name, Scope

__all__ = [
    "FUNCTIONS",
    "Expression",
    "Function",
    "Name",
    "Scope",
    "Verdict",
    "compile_expression",
    "guards_exhaustive",
]
