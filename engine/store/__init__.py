"""The memory: everything that is written down, and the only importer of Peewee.

Decides nothing about a case.
"""

from engine.store.database import Store, open_database

__all__ = ["Store", "open_database"]
