"""The grammar of a move: how every word that leads somewhere is written.

A move is a target, or a list of branches of which the first whose guard holds is taken, or a mapping with more to say.
Owns `go`, `when`, `else`, `only-when`, `by`, `form`, `comment` inside moves; the words that hold moves (`on`, `after`,
`wait-for`, …) choose which of them they allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.moves import Branch, Move
from engine.definition.nodes import Node
from engine.definition.shapes import (
    EXPRESSION,
    Either,
    Entry,
    Flag,
    Got,
    Length,
    ListOf,
    Localised,
    OneOrMore,
    Record,
    Ref,
    Report,
    Said,
    Shape,
    name,
)
from engine.definition.sources import SourceActions, SourceBranch, SourceMove, actions
from engine.errors import Place
from engine.keywords import exclude, needs
from engine.keywords.action_entries import ACTION_ENTRIES
from engine.keywords.binder import Binder
from engine.keywords.doing import bind_actions

TARGET = name("a state's id")


class _Branches:
    """A list of branches: each with `when` and `go`, the last one may be `else`."""

    words = "a list of branches such as - {when: …, go: …}"
    _else = Record({"go": Entry(TARGET, "where to"), **ACTION_ENTRIES}, "a state's id, or a mapping with `go`")
    _branch = Record(
        {
            "when": Entry(EXPRESSION, "the guard: this branch is taken when it holds and no earlier one did"),
            "go": Entry(TARGET, "where to"),
            "else": Entry(Either(scalar=TARGET, mapping=_else), "where to when no guard holds; the last branch"),
            **ACTION_ENTRIES,
        },
        "a branch such as {when: …, go: …}",
    )

    def read(self, node: Node, report: Report) -> tuple[SourceBranch, ...] | None:
        items = ListOf(self._branch, self.words).read(node, report)
        if items is None:
            return None
        branches = []
        for number, item in enumerate(items):
            last = number == len(items) - 1
            if "else" in item.places:
                if not last:
                    report.problem(
                        item.place,
                        "else-not-last",
                        "Expected `else` as the last branch, but more follow that can never be taken",
                        "move `else` to the end",
                    )
                for extra in set(item.places) - {"else"}:
                    report.problem(
                        item.places[extra],
                        "wrong-shape",
                        f"Expected nothing beside `else`, but found '{extra}'",
                        "write {else: {go: …, …}} to say more",
                    )
                otherwise = item.get("else")
                if isinstance(otherwise, Said):
                    branches.append(SourceBranch(None, otherwise, SourceActions(), item.place))
                elif otherwise is not None:
                    branches.append(SourceBranch(None, otherwise.get("go"), actions(otherwise), item.place))
            elif "when" not in item.places:
                report.problem(
                    item.place,
                    "missing-word",
                    "Expected `when` or `else` in a branch, but it has neither",
                    "write {when: …, go: …} or {else: …}",
                )
            elif "when" in item:
                branches.append(SourceBranch(item["when"], item.get("go"), actions(item), item.place))
        return tuple(branches)

    def schema(self) -> dict[str, Any]:
        branch, otherwise = self._branch.schema(), self._else.schema()
        guarded = {
            **branch,
            "properties": {k: v for k, v in branch["properties"].items() if k != "else"},
            "required": ["when"],
        }
        last = {
            "type": "object",
            "properties": {"else": {"anyOf": [TARGET.schema(), otherwise]}},
            "required": ["else"],
            "additionalProperties": False,
        }
        return {"type": "array", "minItems": 1, "items": {"anyOf": [guarded, last]}}


BRANCHES = Ref("branches", _Branches)

MOVE_ENTRIES: Mapping[str, Entry] = {
    "title": Entry(Localised(), "what the button says"),
    "help": Entry(Localised(), "a sentence for the person who chooses"),
    "by": Entry(OneOrMore(name("a role, `starter` or a name of `people`")), "who may; nobody else"),
    "exclude": Entry(exclude.SHAPE, "who may not, although `by` names them"),
    "from": Entry(
        OneOrMore(TARGET), "the states in which it is possible; every state that is not final when nothing is said"
    ),
    "form": Entry(name("a form's id"), "what has to be filled in"),
    "only-when": Entry(EXPRESSION, "offered only while this holds; judged before the form is filled in"),
    "comment": Entry(Flag(), "true: a comment has to be written"),
    "needs": Entry(needs.SHAPE, needs.WORD.line),
    "when": Entry(EXPRESSION, "nothing happens unless this holds"),
    "within": Entry(Length(), "how long it is possible"),
    "repeat": Entry(Length(), "again and again after this time, while the case stays here"),
    "reassign": Entry(OneOrMore(name("a role")), "the case's open tasks are given to these roles"),
    "go": Entry(Either(scalar=TARGET, sequence=BRANCHES), "where to; the case stays when nothing is said"),
    **ACTION_ENTRIES,
}


_NO_WORDS = frozenset((*ACTION_ENTRIES, "go", "when", "reassign"))


def _from_mapping(got: Got) -> SourceMove:
    go = got.get("go")
    done = actions(got)
    words = {key: value for key, value in got.values.items() if key not in _NO_WORDS}
    when = got.get("when")
    if isinstance(go, tuple):
        if when is not None:
            words = {**words, "double-when": when}
        return SourceMove(got.place, go, done, words)
    branches = [SourceBranch(when, go, SourceActions(), got.place)]
    if when is not None:
        # What is guarded is the whole move, its messages too: without the guard's blessing nothing happens.
        branches = [SourceBranch(when, go, done, got.place), SourceBranch(None, None, SourceActions(), got.place)]
        done = SourceActions()
    return SourceMove(got.place, tuple(branches), done, words)


class _Move:
    """A move in the context of a word that allows the given extra words."""

    def __init__(self, *allowed: str, required: tuple[str, ...] = ()) -> None:
        entries = {
            key: Entry(
                entry.shape,
                entry.doc.partition("; the case stays")[0] if key in required else entry.doc,
                key in required,
            )
            for key, entry in MOVE_ENTRIES.items()
            if key in allowed or key == "go" or key in ACTION_ENTRIES
        }
        record = Record(entries, "a mapping with `go`", build=_from_mapping)
        self._shape: Shape = record if required else Either(scalar=TARGET, sequence=BRANCHES, mapping=record)

    @property
    def words(self) -> str:
        return "a state's id, a list of branches, or a mapping with `go`"

    def read(self, node: Node, report: Report) -> SourceMove | None:
        value = self._shape.read(node, report)
        if isinstance(value, (Said, tuple)):
            return plain_move(value, node.place)
        return value if isinstance(value, SourceMove) else None

    def schema(self) -> dict[str, Any]:
        return self._shape.schema()


def plain_move(value: Said | tuple[SourceBranch, ...], place: Place) -> SourceMove:
    """The move that is only a target, or only branches."""
    branches = (SourceBranch(None, value, SourceActions(), value.place),) if isinstance(value, Said) else value
    return SourceMove(place, branches)


def move(*allowed: str, required: tuple[str, ...] = ()) -> Shape:
    """The shape of a move that allows these words beside `go` and what happens along the way; with `required` ones it
    must be a mapping.
    """
    return _Move(*allowed, required=required)


def bind_move(source: SourceMove, binder: Binder) -> Move:
    """The move with its names looked up. Its guards see the form that it brings."""
    form_said = binder.form_of(source)
    use = binder.form(form_said) if form_said is not None else None
    only_when = source.words.get("only-when")
    offered = binder.guard(only_when)
    inside = binder.after_form(source)
    if offered is not None and (use is None or use.alias not in offered.names):
        inside = inside.knowing(offered)
    if "double-when" in source.words:
        binder.report.problem(
            source.words["double-when"].place,
            "wrong-shape",
            "Expected `when` inside the branches of `go`, but it stands beside them",
            "move it into each branch",
        )
    needed = source.words.get("needs")
    for said in source.words.get("by", ()):
        binder.role(said) if source.kind == "start" else binder.who(said)
    return Move(
        kind=source.kind,
        name=source.name.text if source.name else "",
        place=source.place,
        branches=tuple(bind_branch(branch, inside) for branch in source.branches),
        title=source.words.get("title", ""),
        help=source.words.get("help", ""),
        by=tuple(said.text for said in source.words.get("by", ())),
        exclude=binder.relations(source.words.get("exclude", ())),
        form=use,
        only_when=offered,
        actions=bind_actions(source.actions, inside),
        repeat=source.words.get("repeat"),
        comment=bool(source.words.get("comment", False)),
        sources=tuple(said.text for said in source.words.get("from", ())),
        needs=needs.bind_needs(needed, binder) if needed is not None else None,
        within=source.within,
    )


def bind_branch(source: SourceBranch, binder: Binder) -> Branch:
    when = binder.guard(source.when)
    if source.go is not None:
        binder.target(source.go)
    known = binder.knowing(when)
    return Branch(
        when, source.go.text if source.go is not None else "", bind_actions(source.actions, known), source.place
    )
