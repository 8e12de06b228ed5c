"""Everything a process can refer to: forms, message templates, calendars, roles; read from files given as texts.

Owns which file is what, the bundle that pins a version (the texts a process really uses, its calendar with holidays as
dates, its digest), and the reading of `organisation.yaml`. Reads no disk: files come in as a mapping from path to text,
`processes/inquiry.yaml` and the like.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.core.calendars import Calendar
from engine.definition.calendars import freeze, read_calendar
from engine.definition.forms import Form, read_form
from engine.definition.interfaces import Interface, interface_of
from engine.definition.messages import TemplateSource, read_template
from engine.definition.nodes import Mapping as Pairs
from engine.definition.nodes import Node
from engine.definition.on_demand import OnDemand
from engine.definition.organisation import Organisation, read_organisation
from engine.definition.outline import Outline
from engine.definition.reader import read
from engine.definition.texts import Localised, read_localised
from engine.errors import DefinitionError

Files = Mapping[str, str | bytes]

PROCESSES, FORMS, MESSAGES, CALENDARS = "processes/", "forms/", "processes/messages/", "processes/calendars/"
INTERFACES = "interfaces/"
ORGANISATION = "processes/organisation.yaml"
SCENARIOS = ".scenarios.yaml"

YEARS = range(2010, 2041)
"""The years for which a country's public holidays are frozen into a bundle: fixed, so that the same files always give
the same digest.
"""


@dataclass
class Catalog:
    """What the files hold.

    Everything is read when first asked for; a file's own problems are told once, through `problems_of`.
    """

    files: Files
    frozen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Calendars already frozen, by id: those of a bundle."""
    examined: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What process files came to, by path; `engine.definition.loader` keeps it here."""

    _problems: dict[str, DefinitionError] = field(default_factory=dict)
    _nodes: dict[str, Node] = field(default_factory=dict)
    _calendars: dict[str, Calendar | None] = field(default_factory=dict)
    _interfaces: dict[str, Interface | None] = field(default_factory=dict)
    _labels: dict[int, tuple[Outline, dict[str, dict[str, Localised]]]] = field(default_factory=dict)

    def process_files(self) -> tuple[str, ...]:
        """The paths of the process definitions: the YAML files directly under processes/, but the scenarios and the
        organisation.
        """
        return tuple(
            path
            for path in sorted(self.files)
            if path.startswith(PROCESSES)
            and "/" not in path.removeprefix(PROCESSES)
            and path.endswith((".yaml", ".yml"))
            and not path.endswith(SCENARIOS)
            and path != ORGANISATION
        )

    def text(self, path: str) -> str | bytes:
        return self.files[path]

    def node(self, path: str) -> Node:
        """What a YAML file holds, read once. Raises DefinitionError when it cannot be read."""
        if path not in self._nodes:
            self._nodes[path] = read(self.files[path], path)
        return self._nodes[path]

    def problems_of(self, kind: str) -> tuple[tuple[str, DefinitionError], ...]:
        """What is wrong with files under this folder, by path; what has not been asked for has not been read."""
        return tuple((path, error) for path, error in self._problems.items() if path.startswith(kind))

    @cached_property
    def organisation(self) -> Organisation:
        """Roles and people; empty, with its problems kept, when the file is broken or missing."""
        if ORGANISATION not in self.files:
            return Organisation()
        try:
            return read_organisation(self.node(ORGANISATION))
        except DefinitionError as error:
            self._problems[ORGANISATION] = error
            return Organisation()

    @cached_property
    def form_names(self) -> tuple[str, ...]:
        """The ids of all forms, of those that cannot be read too."""
        found = (path for path in self.files if path.startswith(FORMS) and path.endswith((".yaml", ".yml")))
        return tuple(sorted({path.removeprefix(FORMS).rsplit(".", 1)[0] for path in found}))

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The forms that can be read, by id, each read when it is asked for: a process uses few of a house's many."""
        return OnDemand(self.form_names, self._form)

    def _form(self, form_id: str) -> Form | None:
        path = next(path for path in (f"{FORMS}{form_id}.yaml", f"{FORMS}{form_id}.yml") if path in self.files)
        try:
            return read_form(self.node(path), form_id)
        except DefinitionError as error:
            self._problems[path] = error
            return None

    @cached_property
    def templates(self) -> dict[str, dict[str, TemplateSource]]:
        """Message id -> language -> template. A broken file's message is there without it."""
        found: dict[str, dict[str, TemplateSource]] = {}
        for path in sorted(self.files):
            if path.startswith(MESSAGES) and path.endswith(".md"):
                try:
                    template = read_template(self.files[path], path)
                except DefinitionError as error:
                    self._problems[path] = error
                    continue
                found.setdefault(template.id, {})[template.language] = template
        return found

    def processes(self) -> tuple[str, ...]:
        """The ids of the processes that can be called; in a bundle, of those that it calls."""
        frozen = (path.removeprefix(INTERFACES) for path in self.files if path.startswith(INTERFACES))
        return tuple(dict.fromkeys((*map(stem, self.process_files()), *map(stem, frozen))))

    def interface(self, process: str) -> Interface | None:
        """What a process shows to those that call it: as its file has it now, or as this bundle was checked against.

        None when there is no such process, or it cannot be read (its own file tells why).
        """
        if process not in self._interfaces:
            self._interfaces[process] = self._interface(process)
        return self._interfaces[process]

    def _interface(self, process: str) -> Interface | None:
        path = next((path for path in self.process_files() if stem(path) == process), "")
        if path:
            try:
                return interface_of(process, self.node(path), self.forms)
            except DefinitionError:
                return None
        frozen = f"{INTERFACES}{process}.json"
        return Interface.from_json(_text(self.files[frozen])) if frozen in self.files else None

    def calendar_names(self) -> tuple[str, ...]:
        paths = (path.removeprefix(CALENDARS) for path in self.files if path.startswith(CALENDARS))
        return tuple(sorted({*(path.rsplit(".", 1)[0] for path in paths), *self.frozen}))

    def calendar(self, name: str) -> Calendar | None:
        """The calendar with its holidays frozen; None when there is none or it is broken (its problems are kept)."""
        if name not in self._calendars:
            self._calendars[name] = self._read_calendar(name)
        return self._calendars[name]

    def _read_calendar(self, name: str) -> Calendar | None:
        if name in self.frozen:
            return Calendar.from_data(self.frozen[name])
        path = f"{CALENDARS}{name}.yaml"
        if path not in self.files:
            return None
        try:
            return freeze(read_calendar(self.node(path), path), YEARS)
        except DefinitionError as error:
            self._problems[path] = error
            return None

    def labels(self, outline: Outline) -> dict[str, dict[str, Localised]]:
        """For each choice of the process, by its path: what people read for each value. Choices are fields of its
        forms, variables, and what its tables decide.
        """
        # Kept beside its outline, so that the identity stays the outline's own.
        if id(outline) not in self._labels:
            self._labels[id(outline)] = (outline, self._labels_of(outline))
        return self._labels[id(outline)][1]

    def _labels_of(self, outline: Outline) -> dict[str, dict[str, Localised]]:
        found: dict[str, dict[str, Localised]] = {}
        for form_id in used_forms(outline):
            form = self.forms.get(form_id)
            if form is not None:
                for entry in form.fields:
                    if entry.labels:
                        found[f"{outline.alias(form_id)}.{entry.name}"] = dict(entry.labels)
        found |= {said.text: dict(one.labels) for said, one in outline.head.get("variables", ()) if one.labels}
        for said, table in outline.head.get("decisions", ()):
            labels = table.get("labels")
            if isinstance(labels, Pairs):
                with suppress(DefinitionError):  # what is wrong with them is told where the table is read
                    found[said.text] = {value.text: read_localised(words) for value, words in labels.entries}
        return found

    def bundle(self, outline: Outline, path: str, calendar: Calendar | None) -> Bundle:
        """The version of a process: every text it uses, and its calendar as it is now."""
        texts = {path: _text(self.files[path])}
        for form_id in sorted(used_forms(outline)):
            form = f"{FORMS}{form_id}.yaml"
            if form in self.files:
                texts[form] = _text(self.files[form])
        for message in sorted(outline.sent):
            for source in self.templates.get(message, {}).values():
                texts[source.place.file] = _text(self.files[source.place.file])
        for process in sorted({call.process.text for call in outline.calls}):
            interface = self.interface(process)
            if interface is not None:
                texts[f"{INTERFACES}{process}.json"] = interface.to_json()
        return Bundle(
            outline.key,
            path,
            texts,
            {calendar.id: calendar.to_data()} if calendar is not None else {},
            tuple(self.organisation.roles),
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """One pinned version: the texts, the calendar with its dates, the names of the roles.

    `digest` names it by its content.
    """

    process: str
    path: str
    files: Mapping[str, str]
    calendars: Mapping[str, Mapping[str, Any]]
    roles: tuple[str, ...]

    def to_json(self) -> str:
        """Canonical JSON: the same bundle always gives the same text."""
        data = {
            "process": self.process,
            "path": self.path,
            "files": self.files,
            "calendars": self.calendars,
            "roles": sorted(self.roles),
        }
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> Bundle:
        data = json.loads(text)
        return cls(data["process"], data["path"], data["files"], data["calendars"], tuple(data["roles"]))

    def catalog(self) -> Catalog:
        """The bundle's own catalog, which knows nothing of the files of today."""
        catalog = Catalog(self.files, self.calendars)
        catalog.organisation = Organisation(roles={role: role for role in self.roles})
        return catalog


def scenarios_of(process_path: str) -> str:
    """Where the scenarios of a process file lie: `processes/inquiry.scenarios.yaml`."""
    return process_path.rsplit(".", 1)[0] + SCENARIOS


def used_forms(outline: Outline) -> set[str]:
    """The ids of the forms that the process names."""
    found = {outline.start_form.text} if outline.start_form is not None else set()
    for state in outline.states.values():
        task = state.words.get("task")
        if task is not None and "form" in task:
            found.add(task["form"].text)
        found |= {move.form.text for move in state.moves if move.form is not None}
    found |= {move.form.text for move in outline.anywhere if move.form is not None}
    return found


def stem(path: str) -> str:
    """A file's name without its folder and its ending: what a process is called."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _text(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8-sig")
