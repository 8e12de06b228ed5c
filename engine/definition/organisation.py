"""The organisation's file: which roles there are, and the people who hold them.

Owns the words of `processes/organisation.yaml`. In a running installation people live in the store; this file says
which roles exist, and brings the first people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.definition.nodes import Node
from engine.definition.shapes import (
    Entry,
    Flag,
    Got,
    ListOf,
    Localised,
    MapOf,
    OneOrMore,
    Record,
    Report,
    Said,
    Text,
    Whole,
    name,
)
from engine.definition.suggest import near
from engine.definition.texts import Localised as LocalText
from engine.definition.zones import zone_meant, zones
from engine.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person as the file has them."""

    id: str
    name: str
    email: str
    language: str
    zone: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Roles with their titles, and people, by id; `reading` are the roles that change nothing."""

    title: LocalText = ""
    languages: tuple[str, ...] = ("en",)
    zone: str = "UTC"
    roles: Mapping[str, LocalText] = field(default_factory=dict)
    people: Mapping[str, PersonEntry] = field(default_factory=dict)
    reading: frozenset[str] = frozenset()

    def holders(self, role: str) -> tuple[str, ...]:
        """The ids of the people who hold a role."""
        return tuple(person.id for person in self.people.values() if role in person.roles)


_LANGUAGE = Text("a language in two letters", "[a-z]{2}", "such as en")
_PERSON = Record(
    {
        "name": Entry(Text("a name"), "what they are called", required=True),
        "email": Entry(
            Text("an e-mail address", r"[^@\s]+@[^@\s]+", "such as ann@example.org"), "where they are written to"
        ),
        "language": Entry(_LANGUAGE, "the language they read"),
        "zone": Entry(Text("a time zone"), "where they are, such as Europe/Berlin"),
        "roles": Entry(OneOrMore(name("a role")), "what they may do", required=True),
    },
    "a person",
)
SHAPE = Record(
    {
        "organisation": Entry(Localised(), "what it is called", required=True),
        "languages": Entry(ListOf(_LANGUAGE), "the languages it works in"),
        "zone": Entry(Text("a time zone"), "where it is, such as Europe/Berlin"),
        "roles": Entry(
            MapOf(
                name("a role's id"),
                Record(
                    {
                        "title": Entry(Localised(), "what people call the role"),
                        "sees": Entry(
                            Text("whose cases", "all|team|own", "all, team or own"),
                            "whose cases: all, those of its processes, or one's own",
                        ),
                        "personal-data": Entry(
                            Text("how it is shown", "masked|shown", "masked or shown"),
                            "masked: hidden until it is said what it is needed for",
                        ),
                        "only-reads": Entry(Flag(), "true: whoever holds no other role changes nothing"),
                    },
                    "a mapping with `title`",
                ),
                "a mapping of roles",
            ),
            "every role that processes may name",
            required=True,
        ),
        "webhooks": Entry(
            MapOf(
                name("a program's name"),
                Record(
                    {
                        "url": Entry(
                            Text("an address", r"https?://[^\s/@]+(/\S*)?", "such as https://erp.example.org/heard"),
                            "where it is told",
                            required=True,
                        ),
                        "events": Entry(OneOrMore(name("a type of event")), "what it is told of", required=True),
                        "processes": Entry(
                            OneOrMore(name("a process")), "in which processes; in all, when nothing is said"
                        ),
                    },
                    "a mapping with `url` and `events`",
                ),
                "a mapping of programs",
            ),
            "other programs that are told what happens",
        ),
        "parked-mail": Entry(
            Record(
                {"days": Entry(Whole(), "so many days after it came in", required=True)},
                "a mapping with `days`",
            ),
            "how long mail is kept that came to no case",
        ),
        "people": Entry(MapOf(name("a person's id"), _PERSON, "a mapping of people"), "the first people"),
    },
    "an organisation",
)


def read_organisation(node: Node) -> Organisation:
    """The organisation. Raises DefinitionError with every problem found."""
    report = Report()
    got = SHAPE.read(node, report)
    if not isinstance(got, Got):
        raise DefinitionError(report.problems)
    roles = {said.text: entry.get("title", said.text) for said, entry in got.get("roles", ())}
    zone = _zone(got, "UTC", report)
    people = {}
    for said, entry in got.get("people", ()):
        for role in entry.get("roles", ()):
            if role.text not in roles:
                report.problem(
                    role.place,
                    "unknown-role",
                    f"Expected a role, but there is no '{role.text}'{near(role.text, roles)}",
                    "add it under `roles`",
                )
        theirs = _zone(entry, zone, report)
        if "name" in entry:
            people[said.text] = PersonEntry(
                said.text,
                entry["name"].text,
                entry["email"].text if "email" in entry else "",
                entry["language"].text if "language" in entry else "",
                theirs,
                tuple(role.text for role in entry.get("roles", ())),
            )
    if report.problems:
        raise DefinitionError(report.problems)
    languages = tuple(said.text for said in got.get("languages", ())) or ("en",)
    reading = frozenset(said.text for said, entry in got.get("roles", ()) if entry.get("only-reads"))
    return Organisation(got.get("organisation", ""), languages, zone, roles, people, reading)


def _zone(got: Got, otherwise: str, report: Report) -> str:
    """The zone that is written here, or the other one, which is judged where that is written."""
    if "zone" not in got:
        return otherwise
    said: Said = got["zone"]
    if said.text not in zones():
        guess = zone_meant(said.text)
        meant = f", did you mean '{guess}'?" if guess is not None else ""
        report.problem(
            said.place,
            "unknown-zone",
            f"Expected a time zone, but there is no '{said.text}'{meant}",
            "such as Europe/Berlin or UTC",
        )
    return said.text
