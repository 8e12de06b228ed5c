"""Definitions that mean harm, or are only far too large. Run as a program, it lints each and tells what that
took.

Owns the files; the expectations stand in `test_hostile_definitions.py`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.definition.catalog import Catalog
from engine.definition.linter import lint_home
from tests.definition.planting import FORM, START, home
from tests.pace import slowness

SECONDS = 1
"""Of processor time, on the machine that `tests.pace` speaks of, in which each has to be judged."""

AGENT = "task: {candidates: agent}"
END = "  closed: {final: done}\n"


def states(count: int, one: Callable[[int], str]) -> str:
    return "states:\n" + "".join(one(number) for number in range(count))


def ring(count: int, more: Callable[[int], str] = lambda number: "") -> str:
    """States in a circle, each with a task."""
    return states(count, lambda i: f"  s{i}: {{{more(i)}{AGENT}, on: {{done: s{(i + 1) % count}}}}}\n")


def guarded(guard: str) -> str:
    return f"states:\n  received: {{{AGENT}, on: {{a: [{{when: '{guard}', go: closed}}, {{else: closed}}]}}}}\n{END}"


def tables(count: int, table: Callable[[int], str]) -> str:
    return (
        "decisions:\n"
        + "".join(f"  d{i}: {table(i)}\n" for i in range(count))
        + f"states:\n  received: {{{AGENT}, on: {{a: closed}}}}\n{END}"
    )


def many_cases(number: int, target: int) -> str:
    guard = (
        f"intake.amount > {number} and intake.kind == goods and intake.urgent is set and intake.amount < {number + 7}"
    )
    branches = f"{{when: {guard}, go: s{target}}}, {{when: intake.amount != {number + 2}, go: s0}}, {{else: s0}}"
    return f"  s{number}: {{{AGENT}, on: {{a: [{branches}]}}}}\n"


SMALL = f"states:\n  received: {{{AGENT}, on: {{a: closed}}}}\n{END}"
NESTED = "states:\n  received: {parallel: {branches: {a: p0}, go: closed}}\n"

PROCESSES: dict[str, str] = {
    # --- what YAML can do
    "an alias bomb": "variables:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"  {chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8))
    + SMALL,
    "a tag that builds an object": "variables: !!python/object/apply:os.system [echo hello]\n" + SMALL,
    "a repeated key": SMALL + "states:\n  other: {final: done}\n",
    "a text of a megabyte": "description: '" + "x" * 1_000_000 + "'\n" + SMALL,
    "deep nesting": "variables: " + "[" * 5_000 + "]" * 5_000 + "\n" + SMALL,
    "a key of its own meaning": "__class__: {a: 1}\n" + SMALL,
    "control characters": "description: 'a\x1b[31mb\x07'\n" + SMALL,
    "letters that turn the line": "description: 'a\u202eb'\n" + SMALL,
    "a look-alike state": SMALL.replace("a: closed", "a: cl\u043esed"),
    "nothing": "",
    "zeros": "\x00" * 1_000,
    # --- expressions that try to reach Python
    **{
        f"the expression {text[:30]}": guarded(text.replace("'", "''"))
        for text in (
            '__import__("os").system("id")',
            "().__class__.__bases__[0].__subclasses__()",
            "intake.__class__.__mro__",
            'open("/etc/passwd")',
            "lambda: 1",
            "[x for x in ().__class__.__base__.__subclasses__()]",
            "9**9**9**9",
            'exec("1")',
            'f"{intake}"',
            "intake.kind.format(intake)",
            "(" * 400 + "1" + ")" * 400,
            "not " * 200 + "true",
            " and ".join(["intake.amount > 1"] * 60),
            "1" * 900,
            "intake.amount == 1e999999999",
        )
    },
    # --- far too much of something
    "many states": states(20_000, lambda i: f"  s{i}: {{final: done}}\n"),
    "many unknown words": SMALL + "".join(f"colour{i}x: red\n" for i in range(9_000)),
    "unknown words in every state": states(390, lambda i: f"  s{i}: {{tsk{i}: a, finl{i}: b, tittle{i}: c}}\n"),
    "stuck states": states(399, lambda i: f"  s{i}: {{label: x}}\n"),
    "misspelt targets": states(399, lambda i: f"  state{i}: {{{AGENT}, on: {{a: sttae{i}x, b: statee{i}y}}}}\n"),
    "misspelt roles": ring(399).replace("candidates: agent", "candidates: [agnt, leed, expret]"),
    "misspelt fields": states(
        399,
        lambda i: f"  s{i}: {{{AGENT}, on: {{a: {{only-when: intake.knd{i} == 1 and intak{i}.x == 2, go: s{i}}}}}}}\n",
    ),
    "moves from everywhere": "on:\n" + "".join(f"  m{i}: {{by: agent, go: s{i}}}\n" for i in range(300)) + ring(399),
    "a list of two thousand branches": guarded("intake.amount == 0").replace(
        "{when", "".join(f"{{when: intake.amount == {i}, go: closed}}, " for i in range(1, 1_900)) + "{when"
    ),
    "guards with many cases": states(300, lambda i: many_cases(i, (i + 1) % 300)),
    "too many characters in conditions": ring(399, lambda i: "").replace(
        "on: {done: ", "on: {x: {only-when: '" + " and ".join(["intake.kind == goods"] * 20) + ("', go: s1}, done: ")
    ),
    "many tables": tables(
        245,
        lambda i: (
            f'{{inputs: [intake.amount, intake.kind], rows: [["< {i}", goods, a], [any, service, b], [else, c]]}}'
        ),
    ),
    "tables with many cases": tables(
        200,
        lambda i: (
            '{hit: first, inputs: [intake.amount, "intake.amount + 1", "intake.amount + 2", "intake.amount + 3"], '
            "rows: [" + ", ".join(f'["{n}", "{n}", "{n}", "{n}", a]' for n in range(5)) + ", [else, b]]}"
        ),
    ),
    "a table of two thousand rows": tables(
        2,
        lambda i: (
            '{inputs: ["default(intake.amount, 0)"], hit: first, rows: ['
            + ", ".join(f'["{n}", a]' for n in range(950))
            + ", [else, b]]}"
        ),
    ),
    "decisions upon decisions": tables(
        240,
        lambda i: (
            f"{{inputs: [d{i - 1}], rows: [[a, b], [else, a]]}}"
            if i
            else ("{inputs: [intake.kind], rows: [[else, a]]}")
        ),
    ),
    "variables that nothing sets": "variables:\n"
    + "".join(f"  v{i}: {{type: number}}\n" for i in range(249))
    + states(399, lambda i: f"  s{i}: {{{AGENT}, on: {{a: {{only-when: v{i % 249} > 1, go: s{(i + 1) % 399}}}}}}}\n"),
    "variables set along a web of ways": "variables:\n"
    + "".join(f"  v{i}: {{type: number}}\n" for i in range(249))
    + states(
        399,
        lambda i: (
            f"  s{i}: "
            f"{{set: {{v{i % 249}: 1}}, {AGENT}, on: {{a: s{(i + 1) % 399}, b: s{i * 7 % 399}, c: s{i * 13 % 399}}}}}\n"
        ),
    ),
    "milestones everywhere": ring(249, lambda i: f"milestone: m{i}, "),
    "people everywhere": "people:\n"
    + "".join(f"  p{i}: [s{i}]\n" for i in range(249))
    + ring(399).replace("{candidates: agent}", "{candidates: agent, exclude: [p1, nobody]}"),
    "branches within branches": NESTED
    + "".join(
        f"  p{i}: {{parallel: {{branches: {{a: p{i + 1}, b: q{i}}}, go: join}}}}\n  q{i}: {{go: join}}\n"
        for i in range(195)
    )
    + "  p195: {go: join}\n"
    + END,
    "branches that share their states": states(
        199, lambda i: f"  s{i}: {{parallel: {{branches: {{a: x0, b: x1}}, go: s{i + 1}}}}}\n"
    )
    + "".join(f"  x{i}: {{{AGENT}, on: {{done: x{i + 1}}}}}\n" for i in range(198))
    + "  x198: {go: join}\n  s199: {final: done}\n",
    "a long chain of automatic states": states(399, lambda i: f"  s{i}: {{go: s{i + 1}}}\n")
    + "  s399: {final: done}\n",
    "a circle of automatic states": states(399, lambda i: f"  s{i}: {{go: s{(i + 1) % 399}}}\n"),
    "a thousand outcomes": "states:\n  received: {"
    + AGENT
    + ", on: {"
    + ", ".join(f"o{i}: closed" for i in range(1_900))
    + "}}\n"
    + END,
    "a branch that forks into itself": (
        "states:\n  received: {parallel: {branches: {a: received, b: received}, go: received}}\n"
    )
    + END,
    "a table of branches of itself": (
        "states:\n  received: {for-each: {row: intake.rows, as: intake, start: received, go: received}}\n"
    )
    + END,
}

FORMS: dict[str, str] = {
    "a form that refers to itself": "$defs: {a: {$ref: '#/$defs/a'}}\nproperties: {x: {$ref: '#/$defs/a'}}\n",
    "a form from elsewhere": "properties: {x: {$ref: 'https://example.com/form.json'}}\n",
    "a form from a file": "properties: {x: {$ref: 'file:///etc/passwd'}}\n",
    "a pattern that never ends": "properties: {x: {type: string, pattern: '(a+)+$'}}\n",
    "a pattern of many repeats": "properties: {x: {type: string, pattern: '" + "(x{1,999}){1,999}" * 3 + "'}}\n",
    "a form that computes itself": ("properties: {x: {type: integer, compute: y}, y: {type: integer, compute: x}}\n"),
    "a form of a thousand fields": "properties:\n"
    + "".join(f"  f{i}: {{type: string, show-when: f{i - 1} is set}}\n" for i in range(1, 1_000)),
}

CALENDARS: dict[str, str] = {
    "a calendar that never opens": "calendar: office\nzone: Europe/Berlin\nhours: {}\n",
    "a calendar that opens only on a holiday": (
        "calendar: office\nzone: Europe/Berlin\nhours: {mon: []}\nholidays: [12-25]\n"
    ),
    "a calendar in no zone": "calendar: office\nzone: ../../etc/passwd\nhours: {mon-fri: ['09:00-17:00']}\n",
    "a calendar of no country": (
        "calendar: office\nzone: UTC\nhours: {mon-fri: ['09:00-17:00']}\nholidays: [{country: __class__}]\n"
    ),
    "a calendar of a million days": ("calendar: office\nzone: UTC\nhours: {mon-fri: ['09:00-17:00']}\nholidays: [")
    + ", ".join(["{from: 2020-01-01, to: 2020-12-31}"] * 3_000)
    + "]\n",
}

MESSAGES: dict[str, str] = {
    "a message that reaches for Python": "Hello | {reference.__class__.__mro__}",
    "a message of a thousand placeholders": "Hello | " + "{intake.kind} {intake.amount} " * 500,
    "a message with an open brace": "Hello | {reference",
    "a message with a script": "Hello | <script>alert(1)</script> {reference}",
}

HARMLESS = (
    "a list of two thousand branches",
    "many tables",
    "tables with many cases",
    "a table of two thousand rows",
    "decisions upon decisions",
    "branches within branches",
    "a long chain of automatic states",
    "a thousand outcomes",
    "a message of a thousand placeholders",
    "a message with a script",
    "a hundred and fifty forms",
)
"""Large or strange, but without any error."""


def homes() -> Iterator[tuple[str, dict[str, str]]]:
    """Each home by what is nasty about it."""
    for name, text in PROCESSES.items():
        first = "s0" if "  s0:" in text else "state0" if "  state0:" in text else "received"
        yield name, home(text, start=START.replace("received", first))
    for name, text in FORMS.items():
        yield (
            name,
            home(SMALL.replace("candidates: agent", "candidates: agent, form: order-nasty"))
            | {"forms/order-nasty.yaml": text},
        )
    for name, text in CALENDARS.items():
        yield name, home(SMALL) | {"processes/calendars/office.yaml": text}
    for name, text in MESSAGES.items():
        yield (
            name,
            home(SMALL.replace(AGENT, f"send: {{message: nasty, to: agent}}, {AGENT}"), messages={"nasty": text}),
        )
    yield (
        "a message sent from everywhere",
        home(
            ring(399, lambda i: "send: {message: nasty, to: agent}, "),
            messages={"nasty": "Hello | " + "{intake.kind} " * 300},
        ),
    )
    yield "a hundred and fifty forms", home(SMALL, forms={f"order-f{i}": FORM for i in range(150)})


ALLOWED = (".py", ".pyc", ".so", ".pth", ".zip", ".mo", ".tab", ".zi")
"""Endings of files that importing opens, and the time zones' own tables."""


def most_memory() -> int:
    """The most memory this program has held, in MB. Not `ru_maxrss` where it can be helped: that one begins with what
    the program that started this one held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Lint each home, and write a line of JSON for each: its name, seconds, codes, and what was opened or
    asked for outside.
    """
    touched: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path = str(arguments[0])
            if not path.endswith(ALLOWED) and "zoneinfo" not in path and "site-packages" not in path:
                touched.append(path)
        elif event.startswith(
            ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "urllib.", "shutil.", "os.remove")
        ):
            touched.append(event)

    all_homes = list(homes())
    lint_home(Catalog(home(SMALL)))  # what is imported on the first occasion is not the file's doing
    sys.addaudithook(watch)
    for name, files in all_homes:
        touched.clear()
        begun = time.process_time()
        problems = lint_home(Catalog(files)).problems
        took = time.process_time() - begun
        seconds = took if took < SECONDS else took / slowness()
        told = [str(problem) for problem in problems]
        errors = sorted({problem.code for problem in problems if problem.severity == "error"})
        line = {
            "name": name,
            "seconds": seconds,
            "errors": errors,
            "longest": max(map(len, told), default=0),
            "placed": all(problem.place.file in files for problem in problems),
        }
        print(
            json.dumps({**line, "touched": list(touched), "memory": most_memory()}),
            flush=True,
        )


if __name__ == "__main__":
    main()
