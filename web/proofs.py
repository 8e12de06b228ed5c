"""The scenarios of a version as they were handed in: which there are, how they went then, and how they go now.

Runs them on the version's own files and on nothing of today. Decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request

from engine.core.drawing.comparing import Difference
from engine.definition.catalog import Bundle
from engine.definition.proof import Proof
from engine.errors import DefinitionError, Problem
from engine.scenarios.coverage import KINDS
from engine.scenarios.differences import scenario_differences
from engine.scenarios.reading import read_file
from engine.scenarios.trial import Trial, try_process
from engine.store import deployments, proofs
from engine.store.proofs import Proven
from web.access import STAFF, access
from web.house import house
from web.language import gettext as _

pages = Blueprint("proofs", __name__)

PATIENCE = 20.0
"""Seconds for all scenarios of a process; the largest that is shipped takes a few."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A run: what to mend, and what was reached of each kind of which there is any."""

    trial: Trial
    problems: tuple[Problem, ...]
    counts: tuple[tuple[str, int, int], ...]


def patience() -> Callable[[], bool]:
    """As long as a person waits for a page."""
    end = time.monotonic() + PATIENCE
    return lambda: time.monotonic() < end


def tried(trial: Trial) -> Tried:
    """A run as pages show it, in the words of the page's language."""
    words = _kinds()
    counts = ((words[kind], *trial.coverage.count(kind)) for kind in KINDS)
    return Tried(trial, trial.problems or trial.coverage.problems(), tuple(one for one in counts if one[2]))


def _kinds() -> Mapping[str, str]:
    """What can be reached, by the name that the engine has for it."""
    return {
        "states": _("states"),
        "transitions": _("ways on"),
        "guards": _("sides of guards"),
        "timers": _("timers"),
        "escalations": _("rungs of escalations"),
        "approval rules": _("rules of approvals"),
        "confirmations": _("confirmations by a second person"),
        "decision rows": _("rows of decision tables"),
        "outcomes": _("outcomes"),
    }


def proven_by(digest: str) -> Proven | None:
    """The proof of this digest, with how it went as it was handed in."""
    return proofs.load(house().store, digest)


def retold(old: str, new: str, language: str) -> tuple[Difference, ...]:
    """What is different in the scenarios, by their digests; nothing where none came with the new ones."""
    was, now = proven_by(old), proven_by(new)
    if now is None:
        return ()
    return scenario_differences(was.proof.text if was is not None else None, now.proof.text, language)


@pages.get("/proofs/<digest>")
@access(STAFF)
def show(digest: str) -> str:
    """The scenarios by their names; with `run`, how they go now."""
    found = proven_by(digest)
    stored = deployments.bundle(house().store, found.proof.version) if found is not None else None
    if found is None or stored is None:
        abort(404)
    proof, bundle = found.proof, Bundle.from_json(stored)
    catalog = proof.catalog(bundle)
    rows = proof.text.splitlines()
    return render_template(
        "proofs/show.html",
        digest=digest,
        proven=found,
        definition=house().engine.definition(proof.version),
        versions=[one for one in deployments.all_of(house().store, bundle.process) if one.proof == digest],
        scenarios=_names(proof, bundle),
        shown=tried(try_process(catalog, bundle.path, patience())) if request.args.get("run") else None,
        now={"files": {}},
        line_of=lambda problem: _line(rows, problem) if problem.place.file == proof.path else "",
    )


def _names(proof: Proof, bundle: Bundle) -> tuple[str, ...]:
    """What the scenarios are called; none where they cannot be read."""
    try:
        return tuple(one.name for one in read_file(proof.catalog(bundle), proof.path).scenarios)
    except DefinitionError:
        return ()


def _line(rows: list[str], problem: Problem) -> str:
    return rows[problem.place.line - 1].strip()[:200] if problem.place.line <= len(rows) else ""
