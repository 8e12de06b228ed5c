"""Judging one record: the fields of a form, or the columns of one row of its table.

Owns the order of judging: what was sent becomes canonical, the JSON Schema is checked, fields that are not
shown are dropped with their faults, the others are computed and asked for. Knows no language; faults are
codes with details.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.definition.expressions import Expression
from engine.definition.forms.conditions import Condition, Rules, plain_result
from engine.definition.forms.days import DayLimits
from engine.definition.forms.faults import Fault, days_fault, required_fault, violation_fault
from engine.definition.forms.formats import FORMATS
from engine.definition.forms.model import MOST_ITEMS, FormField
from engine.definition.forms.patterns import matches
from engine.definition.forms.still_open import checked_schema
from engine.definition.forms.values import Reader, Unfit, is_blank, reader
from engine.definition.schema import Dialect, Schema
from engine.definition.suggest import closest
from engine.definition.types import Date, Instant
from engine.errors import Stuck

DIALECT = Dialect(FORMATS, matches)
_MOST_UNKNOWN = 20
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something is judged: an aware time, a zone for times without one, and the case's
    values.
    """

    at: datetime
    zone: str
    case: Mapping[str, object]


class Look:
    """How a form looks to somebody who has typed so much of it: the paths of what is not shown, and of what is asked
    for now.
    """

    __slots__ = ("hidden", "needed")

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self.needed: set[str] = set()


@dataclass(frozen=True, slots=True)
class Step:
    """One field with what is needed to read it. `rows` is set for tables, `read` for all others."""

    name: str
    field: FormField
    read: Reader | None
    rows: RecordPlan | None
    listed: bool
    most: int
    own_schema: Schema | None


class RecordPlan:
    """A record's fields made ready once: readers, one JSON Schema validator, and the rules in order."""

    __slots__ = ("_steps", "_dated", "_own", "_rules", "_required", "_schema", "_by_name")

    def __init__(self, fields: tuple[FormField, ...], rules: Rules, rows: Mapping[str, RecordPlan]) -> None:
        self._steps = tuple(_step(field, rows.get(field.name)) for field in fields)
        self._by_name = {step.name: step for step in self._steps}
        self._dated = tuple(step for step in self._steps if step.field.days != DayLimits())
        self._own = frozenset(self._by_name)
        self._rules = rules
        self._required = tuple(field for field in fields if field.required)
        checked = {field.name: checked_schema(field) for field in fields}
        checked = {name: schema for name, schema in checked.items() if schema}
        self._schema = DIALECT.schema({"properties": checked}) if checked else None

    def settle(
        self, given: object, prefix: str, moment: Moment, faults: list[Fault], look: Look | None = None
    ) -> dict[str, Any]:
        """The canonical values of the fields that fit; everything else is added to `faults`, whose paths
        begin with `prefix`. `look` is told what is shown and asked for.
        """
        if not isinstance(given, Mapping):
            faults.append(Fault(prefix[:-1], "row" if prefix else "object", {}))
            return {}
        values: dict[str, Any] = {}
        wrong: dict[str, list[Fault]] = {}
        known = 0
        for step in self._steps:
            name = step.name
            raw = given.get(name, _MISSING)
            if raw is not _MISSING:
                known += 1
            if step.field.compute is not None:
                continue
            if raw is _MISSING or is_blank(raw):
                if step.field.default is not None:
                    values[name] = default_value(step.field, moment)
                continue
            own: list[Fault] = []
            value = _read(step, raw, prefix + name, moment, own, look)
            if own:
                wrong[name] = own
            else:
                values[name] = value
        if known != len(given):
            faults.extend(self._unknown(given, prefix))
        if self._schema is not None:
            for violation in self._schema.violations(values):
                name = str(violation.path[0]) if violation.path else ""
                wrong.setdefault(name, []).append(violation_fault(violation, prefix, self._by_name[name].field))
            for name in wrong:
                values.pop(name, None)
        for step in self._dated:
            broken = step.field.days.broken(values[step.name], moment.at, moment.zone) if step.name in values else None
            if broken is not None:
                del values[step.name]
                wrong[step.name] = [days_fault(step.field, prefix, *broken)]
        hidden: set[str] = set()
        if self._rules:
            self._apply_rules(values, wrong, hidden, prefix, moment, look)
        for field in self._required:
            if field.name not in hidden and field.name not in wrong and is_blank(values.get(field.name)):
                wrong[field.name] = [required_fault(field, prefix)]
        if look is not None:
            look.hidden.update(prefix + name for name in hidden)
            look.needed.update(prefix + field.name for field in self._required if field.name not in hidden)
        for found in wrong.values():
            faults.extend(found)
        return values

    def _apply_rules(
        self,
        values: dict[str, Any],
        wrong: dict[str, list[Fault]],
        hidden: set[str],
        prefix: str,
        moment: Moment,
        look: Look | None,
    ) -> None:
        known: dict[str, object] = {name: value for name, value in moment.case.items() if name not in self._own}
        known.update(values)
        stuck: list[tuple[frozenset[str], Fault]] = []
        for rule in self._rules.rules:
            name = rule.field.name
            if rule.show is not None and not _holds(rule.show, known, self._own, name, prefix, stuck):
                for store in (values, known, wrong):
                    store.pop(name, None)
                hidden.add(name)
            elif rule.compute is not None:
                self._compute(rule.compute, self._by_name[name], values, known, wrong, prefix, moment)
        for field, condition in self._rules.required:
            name = field.name
            if name in hidden:
                continue
            settled = name in wrong or not is_blank(values.get(name))
            if settled and look is None:
                continue
            if _holds(condition, known, self._own, name, prefix, stuck):
                if look is not None:
                    look.needed.add(prefix + name)
                if not settled:
                    wrong[name] = [required_fault(field, prefix)]
        # A calculation that fails is told at an answer it reads; only when nothing simpler is wrong there
        # already.
        for names, fault in stuck:
            name = next((name for name in sorted(names) if name in values), fault.path)
            if name not in hidden and name not in wrong:
                wrong[name] = [Fault(prefix + name, fault.code, fault.details)]

    def _compute(
        self,
        expression: Expression,
        step: Step,
        values: dict[str, Any],
        known: dict[str, object],
        wrong: dict[str, list[Fault]],
        prefix: str,
        moment: Moment,
    ) -> None:
        name = step.name
        try:
            result = plain_result(expression.evaluate(known))
        except Stuck as stuck:
            # When an answer it needs is missing or wrong, that answer has its own fault.
            if not any(needed in self._own and needed not in known for needed in expression.names):
                wrong[name] = [Fault(prefix + name, "uncomputed", {"reason": stuck.message})]
            return
        own: list[Fault] = []
        value = _read(step, result, prefix + name, moment, own)
        if not own and step.own_schema is not None:
            own += [
                violation_fault(violation, prefix, step.field)
                for violation in step.own_schema.violations({name: value})
            ]
        if own:
            wrong[name] = own
        else:
            values[name] = known[name] = value

    def _unknown(self, given: Mapping[Any, object], prefix: str) -> Iterator[Fault]:
        strangers = [key for key in given if key not in self._own]
        for key in strangers[:_MOST_UNKNOWN]:
            word = key if isinstance(key, str) else repr(type(key).__name__)
            path = prefix + "".join(letter if letter.isprintable() else "?" for letter in word[:60])
            guess = closest(word, self._own)
            yield (
                Fault(path, "unknown-near", {"name": word, "near": guess})
                if guess
                else Fault(path, "unknown", {"name": word})
            )
        if len(strangers) > _MOST_UNKNOWN:
            yield Fault(prefix[:-1], "more-unknown", {"count": len(strangers) - _MOST_UNKNOWN})


def default_value(field: FormField, moment: Moment) -> Any:
    """A field's default for this moment: `now` and `today` become the instant and the day in the zone; a list
    is a new one each time.
    """
    default = field.default
    if default == "now" and isinstance(field.type, Instant):
        return moment.at.astimezone(UTC).isoformat()
    if default == "today" and isinstance(field.type, Date):
        return moment.at.astimezone(ZoneInfo(moment.zone)).date().isoformat()
    return list(default) if isinstance(default, list) else default


def _step(field: FormField, rows: RecordPlan | None) -> Step:
    own_schema = None
    if field.compute is not None:
        checked = checked_schema(field)
        own_schema = DIALECT.schema({"properties": {field.name: checked}}) if checked else None
    most = field.schema.get("maxItems", MOST_ITEMS)
    return Step(field.name, field, None if rows else reader(field), rows, field.is_list, most, own_schema)


def _read(step: Step, raw: Any, path: str, moment: Moment, faults: list[Fault], look: Look | None = None) -> Any:
    try:
        if step.rows is None and not step.listed:
            assert step.read is not None
            return step.read(raw, moment.zone)
        if not isinstance(raw, list):
            raise Unfit("list")
        if len(raw) > step.most:
            raise Unfit("too-many", limit=step.most)
    except Unfit as unfit:
        faults.append(Fault(path, unfit.code, unfit.details))
        return None
    if step.rows is not None:
        return [step.rows.settle(row, f"{path}.{index}.", moment, faults, look) for index, row in enumerate(raw)]
    assert step.read is not None
    found = []
    for index, item in enumerate(raw):
        try:
            if is_blank(item):
                raise Unfit("required")
            found.append(step.read(item, moment.zone))
        except Unfit as unfit:
            faults.append(Fault(f"{path}.{index}", unfit.code, unfit.details))
    return found


def _holds(
    condition: Condition,
    known: Mapping[str, object],
    own: frozenset[str],
    name: str,
    prefix: str,
    stuck: list[tuple[frozenset[str], Fault]],
) -> bool:
    try:
        return condition.holds(known)
    except Stuck as error:
        stuck.append((condition.names & own, Fault(name, "stuck", {"reason": error.message})))
        return False
