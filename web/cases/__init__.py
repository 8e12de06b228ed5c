"""Cases: one on a page, many in a register, and what can be done to one."""

from web.cases import acts, moves, page, register, tags, taking
from web.cases.noun import pages

__all__ = ["acts", "moves", "page", "pages", "register", "tags", "taking"]
