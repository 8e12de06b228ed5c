"""A task: what is to be done, with all that is known of the case beside it."""

from web.tasks import completing, handing, showing
from web.tasks.noun import pages

__all__ = ["completing", "handing", "pages", "showing"]
