"""What belongs to one person's pages: the views they keep, what they watch, what they have seen, what they prefer.

Owns these rows. Nothing here is evidence; all of it can be lost without loss to a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import decode, encode, to_micros
from engine.store.front import Glance, Preference, Watch
from engine.store.front import SavedView as ViewRow


@dataclass(frozen=True, slots=True)
class SavedView:
    """`page` is the page it is a view of, `query` what stands behind the `?` of its address."""

    id: int
    person: str
    page: str
    name: str
    query: str


_KEEP = Statement(
    lambda: ViewRow.insert(
        {
            ViewRow.person: Parameter("person"),
            ViewRow.page: Parameter("page"),
            ViewRow.name: Parameter("name"),
            ViewRow.query: Parameter("query"),
        }
    ).on_conflict(conflict_target=[ViewRow.person, ViewRow.page, ViewRow.name], preserve=[ViewRow.query]),
    *("person", "page", "name", "query"),
)
_VIEWS = Statement(
    lambda: (
        ViewRow.select()
        .where((ViewRow.person == Parameter("person")) & (ViewRow.page == Parameter("page")))
        .order_by(ViewRow.name)
    ),
    *("person", "page"),
)
_VIEW = Statement(
    lambda: ViewRow.select(ViewRow.name, ViewRow.page).where(
        (ViewRow.person == Parameter("person")) & (ViewRow.id == Parameter("id"))
    ),
    *("person", "id"),
)
_SUPERSEDE = Statement(
    lambda: ViewRow.delete().where(
        (ViewRow.person == Parameter("person"))
        & (ViewRow.page == Parameter("page"))
        & (ViewRow.name == Parameter("name"))
    ),
    *("person", "page", "name"),
)
_RENAME = Statement(
    lambda: ViewRow.update({ViewRow.name: Parameter("name")}).where(ViewRow.id == Parameter("id")), *("name", "id")
)
_DROP = Statement(
    lambda: ViewRow.delete().where((ViewRow.person == Parameter("person")) & (ViewRow.id == Parameter("id"))),
    *("person", "id"),
)
_LOOK = upsert(Glance)
_SEEN = Statement(
    lambda: Glance.select(Glance.seq).where(
        (Glance.person == Parameter("person")) & (Glance.instance == Parameter("instance"))
    ),
    *("person", "instance"),
)
_WATCH = Statement(
    lambda: Watch.insert(
        {
            Watch.person: Parameter("person"),
            Watch.instance: Parameter("instance"),
            Watch.since: Parameter("since"),
        }
    ).on_conflict_ignore(),
    *("person", "instance", "since"),
)
_UNWATCH = Statement(
    lambda: Watch.delete().where((Watch.person == Parameter("person")) & (Watch.instance == Parameter("instance"))),
    *("person", "instance"),
)
_WATCHES = Statement(
    lambda: Watch.select(Watch.instance).where(
        (Watch.person == Parameter("person")) & (Watch.instance == Parameter("instance"))
    ),
    *("person", "instance"),
)
_WATCHERS = Statement(
    lambda: Watch.select(Watch.person).where(Watch.instance == Parameter("instance")).order_by(Watch.person),
    "instance",
)
_CHOOSE = upsert(Preference)
_CHOSEN = Statement(
    lambda: Preference.select(Preference.chosen).where(Preference.person == Parameter("person")), "person"
)


def keep_view(store: Store, person: str, page: str, name: str, query: str) -> None:
    """Keep a view; one of the same name is replaced."""
    store.change(_KEEP, person, page, name, query)


def views(store: Store, person: str, page: str) -> list[SavedView]:
    """The person's views of a page, by name."""
    return [SavedView(*row) for row in store.rows(_VIEWS, person, page)]


def rename_view(store: Store, person: str, id: int, name: str) -> None:
    """Call a view of this person's otherwise; another of that name is replaced. Nothing when it is not theirs."""
    with store.transaction():
        kept = store.row(_VIEW, person, id)
        if kept is not None and kept[0] != name:
            store.change(_SUPERSEDE, person, kept[1], name)
            store.change(_RENAME, name, id)


def drop_view(store: Store, person: str, id: int) -> bool:
    """Forget a view of this person's; whether there was one."""
    return store.change(_DROP, person, id) > 0


def look(store: Store, person: str, instance: str, seq: int, at: datetime) -> None:
    """The person has seen the case's history up to this line."""
    store.change(_LOOK, person, instance, seq, to_micros(at))


def seen(store: Store, person: str, instance: str) -> int:
    """Up to which line of the case's history the person has seen; 0 for nothing of it."""
    row = store.row(_SEEN, person, instance)
    return 0 if row is None else row[0]


def seen_of(store: Store, person: str, instances: Sequence[str]) -> dict[str, int]:
    """The same for several cases at once; those not seen at all are left out."""
    if not instances:
        return {}
    rows = store.select(
        Glance.select(Glance.instance, Glance.seq).where((Glance.person == person) & Glance.instance.in_(instances))
    )
    return {row[0]: row[1] for row in rows}


def watch(store: Store, person: str, instance: str, at: datetime) -> None:
    """Watch a case; doing it twice changes nothing."""
    store.change(_WATCH, person, instance, to_micros(at))


def unwatch(store: Store, person: str, instance: str) -> None:
    store.change(_UNWATCH, person, instance)


def watches(store: Store, person: str, instance: str) -> bool:
    return store.row(_WATCHES, person, instance) is not None


def watchers(store: Store, instance: str) -> list[str]:
    """Who watches the case, in alphabetical order."""
    return [row[0] for row in store.rows(_WATCHERS, instance)]


def choose(store: Store, person: str, chosen: Mapping[str, Any]) -> None:
    """Keep these choices beside those made before."""
    with store.transaction():
        store.hold("preferences", person)
        store.change(_CHOOSE, person, encode({**preferences(store, person), **chosen}))


def preferences(store: Store, person: str) -> dict[str, Any]:
    """What the person has chosen, by name; empty when nothing."""
    row = store.row(_CHOSEN, person)
    return {} if row is None else dict(decode(row[0]))
