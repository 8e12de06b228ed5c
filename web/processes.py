"""The library of processes, and a page for each: its picture with what stands where, and in words what it does.

Reads alone. What the tables say is `engine.core.drawing.prose`'s, the picture `engine.diagrams`'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from statistics import median_high

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup

from engine.core.calendars import Calendar
from engine.core.drawing import picture_of
from engine.core.drawing.differences import differences
from engine.core.drawing.prose import prose_of
from engine.core.drawing.speaking import spoken_in
from engine.definition.linter import lint_pinned
from engine.definition.model import Definition
from engine.definition.texts import Localised, localised
from engine.diagrams import STYLE, svg_of
from engine.errors import Problem, Rejected
from engine.publishing import handed_in
from engine.store import deployments, dwelling, queries
from engine.store.deployments import Deployment
from engine.store.proofs import Proven
from engine.telling.deadlines import span, usual_day
from engine.visibility import roles_of
from web.access import SIGNED_IN, STAFF, access, visitor
from web.house import house
from web.language import gettext as _
from web.language import language, ngettext, number
from web.proofs import proven_by, retold
from web.reading import names
from web.refusals import worded
from web.times import moment

pages = Blueprint("processes", __name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A process in the library: its version in force (None before its first day), its live cases by version, the
    latest first and always that in force, its scenarios (None: it has none), and what the linter says of it.
    """

    key: str
    deployed: Deployment
    definition: Definition
    live: tuple[tuple[int, int], ...]
    coming: Deployment | None
    proven: Proven | None
    problems: tuple[Problem, ...]

    @property
    def cases(self) -> int:
        return sum(count for _, count in self.live)


@dataclass(frozen=True, slots=True)
class Heat:
    """How it stands in a state: cases there now, and the working time that cases usually stay (None: none yet).

    `level` goes from 0 to 4: how long that is beside the other states.
    """

    cases: int
    stay: timedelta | None
    level: int


@pages.get("/processes")
@access(STAFF)
def library() -> str:
    """Every process that is deployed."""
    return render_template("processes/library.html", shelves=_shelves(), roles=house().directory.roles())


def _shelves() -> list[Shelf]:
    store, now = house().store, house().clock()
    versions: dict[str, list[Deployment]] = {}
    for one in queries.deployments(store):
        versions.setdefault(one.process, []).append(one)
    live = queries.live_by_version(store)
    shelves = []
    for key, every in versions.items():
        begun = [one for one in every if one.effective_from <= now]
        current = begun[-1] if begun else every[-1]
        coming = next((one for one in every if one.effective_from > now), None)
        latest = {one.digest: one.version for one in every}  # versions alike but for their scenarios are one to cases
        numbers = {version: live.get((key, digest), 0) for digest, version in latest.items()}
        counted = tuple(
            (version, count)
            for version, count in sorted(numbers.items(), reverse=True)
            if count or version == latest[current.digest]
        )
        definition = house().engine.definition(current.digest)
        problems = lint_pinned(deployments.bundle(store, current.digest) or "")
        shelves.append(Shelf(key, current, definition, counted, coming, proven_by(current.proof), problems))
    return shelves


@pages.get("/processes/<key>")
@access(STAFF)
def show(key: str) -> str:
    """One process: the picture, where its cases stand, and all of it in words."""
    definition, deployed, versions = _found(key)
    counted = _counted(key)
    heat = _heat(definition, counted)
    roles = house().directory.roles()
    return render_template(
        "processes/show.html",
        definition=definition,
        deployed=deployed,
        versions=versions,
        apart=_apart(deployed, versions),
        prose=prose_of(definition, tongue_of(definition), roles),
        spoken=spoken_in(definition),
        roles=roles,
        picture=Markup(_picture(definition, tongue_of(definition), titles_of(roles, tongue_of(definition)))),
        heat=heat,
        stays=in_words,
        works_here=not visitor().actor.roles.isdisjoint(roles_of(definition)),
        owns=(owns := definition.owner in visitor().actor.roles),
        handed=handed_in(house().store, house().engine.definition, key, house().clock()) if owns else [],
        proven=proven_by(deployed.proof),
        names=names(),
    )


@pages.get("/processes/<key>/picture.css")
@access(STAFF)
def colours(key: str) -> Response:
    """The heat of each state as a style sheet: the picture itself is the same for everybody, and kept."""
    definition, _deployed, _versions = _found(key)
    heat = _heat(definition, _counted(key))
    rules = [
        f'svg.heard .state[data-state="{state}"] > :is(path, polygon, ellipse):not(.sign):not([fill="none"])'
        f" {{ fill: var(--heat-{found.level}) }}"
        for state, found in heat.items()
        if found.level
    ]
    return Response(f"{STYLE}\n" + "\n".join(rules), mimetype="text/css")


@pages.get("/processes/picture.css")
@access(SIGNED_IN)
def style() -> Response:
    """How pictures look, for pages that show one."""
    return Response(STYLE, mimetype="text/css")


@pages.get("/processes/<key>/changes")
@access(STAFF)
def changes(key: str) -> str:
    """What a version changed, beside the one before it."""
    definition, deployed, versions = _found(key)
    before = next((one for one in versions if one.version == deployed.version - 1), None)
    if before is None:
        abort(404)
    roles = house().directory.roles()
    found = differences(house().engine.definition(before.digest), definition, tongue_of(definition), roles)
    told = retold(before.proof, deployed.proof, tongue_of(definition))
    return render_template(
        "processes/changes.html",
        definition=definition,
        deployed=deployed,
        before=before,
        differences=(*found, *told),
        names=names(),
    )


def _found(key: str) -> tuple[Definition, Deployment, list[Deployment]]:
    """The version that was asked for, else the one in force; 404 when there is none."""
    store, now = house().store, house().clock()
    versions = [one for one in queries.deployments(store) if one.process == key]
    asked = request.args.get("version", "")
    chosen = [one for one in versions if str(one.version) == asked] if asked else []
    begun = [one for one in versions if one.effective_from <= now] or versions
    if not versions or (asked and not chosen):
        abort(404)
    deployed = chosen[0] if chosen else begun[-1]
    return house().engine.definition(deployed.digest), deployed, versions[::-1]


def _apart(shown: Deployment, versions: Iterable[Deployment]) -> list[str]:
    """What there is beside the version in force: those to come, and the one that is shown when it was in force once."""
    now = house().clock()
    current = max((one.version for one in versions if one.effective_from <= now), default=0)
    return [
        standing(one, versions)
        for one in versions
        if one.effective_from > now or (one is shown and one.version < current)
    ]


def standing(own: Deployment, versions: Iterable[Deployment]) -> str:
    """Since when a version is in force, from which day, or until when it was; `versions` are those of its process."""
    now = house().clock()
    until = min((one.effective_from for one in versions if one.version > own.version), default=None)
    told = _("Version %(number)s is in force since %(when)s. Cases that have begun stay on their version.")
    if own.effective_from > now:
        told = _("Version %(number)s takes effect on %(when)s. Cases that have begun stay on their version.")
    elif until is not None and until <= now:
        told = _("Version %(number)s was in force from %(when)s until %(until)s.")
    when = {"when": moment(own.effective_from), "until": moment(until) if until is not None else ""}
    return told % {"number": own.version, **when}


def tongue_of(definition: Definition) -> str:
    """The page's language, when the process speaks it; else the process's own."""
    return language() if language() in definition.languages else definition.languages[0]


Titles = tuple[tuple[str, str], ...]
"""What roles are called in one language, by their ids."""


def titles_of(roles: Mapping[str, Localised], tongue: str) -> Titles:
    return tuple((role, localised(title, tongue)) for role, title in roles.items())


def drawn_as(definition: Definition, tongue: str, roles: Titles) -> str:
    """The picture for a page."""
    try:
        drawn = svg_of(picture_of(definition, tongue, roles=dict(roles)))
    except Rejected as rejected:
        return str(Markup("<p>{}</p>").format(worded(rejected).message))
    return without_style(drawn)


_picture = lru_cache(maxsize=64)(drawn_as)
"""The same, kept: of versions that do not change."""


def without_style(drawn: str) -> str:
    """The picture without its style element, which the content policy would not let in: the page's own sheet has it."""
    before, _style, rest = drawn.partition("<style")
    return before + rest.partition("</style>")[2] if rest else drawn


def _counted(key: str) -> Counter[str]:
    """How many cases that go on stand in each state."""
    found: Counter[str] = Counter()
    for count in queries.counts(house().store):
        if count.process == key and count.status in ("running", "suspended"):
            for state in count.states.split(", "):
                found[state] += count.cases
    return found


def _heat(definition: Definition, counted: Mapping[str, int]) -> dict[str, Heat]:
    lasted: dict[str, list[timedelta]] = {}
    for state, begin, end in dwelling.stays(house().store, definition.key, house().clock()):
        lasted.setdefault(state, []).append(definition.calendar.elapsed(begin, end))
    usual = {state: median_high(every) for state, every in lasted.items() if state in definition.states}
    levels = _levels(usual)
    return {state: Heat(counted.get(state, 0), usual.get(state), levels.get(state, 0)) for state in definition.states}


_LEVELS = (0.01, 0.05, 0.15, 0.5)
"""From which share of the longest usual stay on a state is so hot."""


def _levels(usual: Mapping[str, timedelta]) -> dict[str, int]:
    longest = max(usual.values(), default=timedelta(0))
    found = {}
    for state, stay in usual.items():
        share = stay / longest if longest else 0.0
        found[state] = next(
            (level for level, least in ((4, 0.5), (3, 0.15), (2, 0.05), (1, 0.01)) if share >= least), 0
        )
    return found


def in_words(stay: timedelta | None, calendar: Calendar) -> str:
    """A stay in working time: minutes, hours, or days of the calendar's usual length."""
    if stay is None:
        return ""
    unit, count = span(stay, usual_day(calendar))
    words, plural = {"count": number(f"{count:g}")}, 1 if count == 1 else 2
    if unit == "minutes":
        return _("%(count)s min") % words
    if unit == "hours":
        return ngettext("%(count)s working hour", "%(count)s working hours", plural) % words
    return ngettext("%(count)s working day", "%(count)s working days", plural) % words
