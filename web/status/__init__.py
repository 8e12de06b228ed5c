"""A case as its customer sees it: one page, and what can be done there."""

from web.status import acts, page
from web.status.noun import pages

__all__ = ["acts", "page", "pages"]
