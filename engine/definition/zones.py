"""Time zones by name.

Owns the names a definition may use and the guess at what a wrong one meant. Reads nothing but the zone
database.
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from engine.definition.suggest import closest


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names of the time zones there are.

    A zone is only ever loaded by a name from here, so no text of an author becomes a path.
    """
    return frozenset(available_timezones() - {"Factory", "localtime", "posixrules"})


def zone_meant(text: str) -> str | None:
    """The zone that a wrong name probably means: `Berlin` is Europe/Berlin."""
    if len(text) > 60:
        return None
    city = text.strip().casefold().replace(" ", "_")
    ending = sorted(
        (name for name in zones() if name.casefold() == city or name.casefold().endswith("/" + city)),
        key=lambda n: (len(n), n),
    )
    if ending:
        return ending[0]
    return closest(
        text, (name for name in sorted(zones()) if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    )
