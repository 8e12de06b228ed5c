"""Cases: one on a page, many in a register, and what can be done to one."""

from web.cases import acts, moves, page, register, tags
from web.cases.noun import pages

__all__ = ["acts", "moves", "page", "pages", "register", "tags"]
