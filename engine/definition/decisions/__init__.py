"""Decision tables: reading, judging and deciding.

Owns the table, its cells, its gaps and overlaps, and the result for given values. Knows no process and no
storage.
"""

from engine.definition.decisions.cells import Cell
from engine.definition.decisions.decision import Decision
from engine.definition.decisions.reading import read_decision
from engine.definition.decisions.table import Decided, Row

__all__ = ["Cell", "Decided", "Decision", "Row", "read_decision"]
