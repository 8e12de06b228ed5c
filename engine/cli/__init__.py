"""The command line: one file a command group, loaded only when it is called.

Owns the list of commands, the options that all share, and how errors become one clear line and an exit code: 1 for what
a person has to mend, 2 for a call that is not understood, 3 for a fault of our own. Never shows a traceback for a
person's mistake.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from engine import __version__
from engine.cli.context import Context
from engine.errors import DefinitionError, Rejected, Stuck

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("engine.cli.demo:demo", "Fill a sample company with cases and show what to do next."),
    "serve": ("engine.cli.serve:serve", "Serve the pages."),
    "lint": ("engine.cli.lint:lint", "Check definitions, and tell every problem with its place."),
    "test": ("engine.cli.test:test", "Run the scenarios beside the processes, with coverage."),
    "draw": ("engine.cli.draw:draw", "Draw a process, or where a case stands in it."),
    "schema": ("engine.cli.schema:schema", "Write the JSON Schema for editors."),
    "deploy": ("engine.cli.deploy:deploy", "Make process versions startable."),
    "start": ("engine.cli.case:start", "Start a case."),
    "inbox": ("engine.cli.inbox:inbox", "List the tasks that wait for a person."),
    "task": ("engine.cli.task:task", "Show a task: its form and its outcomes."),
    "claim": ("engine.cli.task:claim", "Take a task."),
    "release": ("engine.cli.task:release", "Give a task back to its candidates."),
    "assign": ("engine.cli.task:assign", "Give a task to somebody."),
    "delegate": ("engine.cli.task:delegate", "Let somebody complete my task on my behalf."),
    "save": ("engine.cli.task:save", "Keep what is typed so far for a task."),
    "complete": ("engine.cli.task:complete", "Complete a task with an outcome."),
    "decide": ("engine.cli.deciding:decide", "Decide in an approval, such as approve or reject."),
    "drafts": ("engine.cli.drafts:list_drafts", "List what I typed and have not handed in."),
    "cases": ("engine.cli.case:cases", "List and search cases."),
    "case": ("engine.cli.looking:case", "Show a case."),
    "clocks": ("engine.cli.clocks:clocks", "List what is promised, overdue or due next."),
    "history": ("engine.cli.history:history", "Show, and verify, the history of a case."),
    "verify": ("engine.cli.verify:verify", "Check that every case is what its history says."),
    "trigger": ("engine.cli.case:trigger", "Ask for a move that belongs to no task, such as withdraw."),
    "message": ("engine.cli.case:message", "Bring a message from outside to a case that waits for it."),
    "take-back": ("engine.cli.taking_back:take_back", "Take back what I have just sent to the outside."),
    "comment": ("engine.cli.case:comment", "Write a comment."),
    "tag": ("engine.cli.case:tag", "Put tags on a case, or take them off."),
    "attach": ("engine.cli.case:attach", "Attach a file."),
    "reopen": ("engine.cli.case:reopen", "Reopen a case that has ended."),
    "suspend": ("engine.cli.case:suspend", "Halt a case."),
    "resume": ("engine.cli.case:resume", "Let a suspended case go on."),
    "cancel": ("engine.cli.case:cancel", "End a case from outside its process."),
    "incidents": ("engine.cli.incidents:incidents", "List what processes could not do."),
    "resolve": ("engine.cli.incidents:resolve", "Retry or dismiss an incident, or open one again."),
    "worker": ("engine.cli.worker:worker", "Do what is due: fire timers, send what waits, take in mail."),
    "mail": ("engine.cli.mail:mail", "Take in a mail, as a file or from a pipe."),
    "parked": ("engine.cli.mail:parked", "List the mail that waits for somebody."),
    "settle": ("engine.cli.mail:settle", "Say what a parked mail is."),
    "doctor": ("engine.cli.doctor:doctor", "Check the set-up, and say what to do."),
    "import": ("engine.cli.importing:import_", "Start a case for each row of a CSV file."),
    "copy": ("engine.cli.copying:copy_", "Copy everything into another database, and prove it."),
    "people": ("engine.cli.people:people", "List people and roles, or load them from organisation.yaml."),
    "password": ("engine.cli.serve:password", "Set somebody's password."),
    "absence": ("engine.cli.absence:absence", "Say who is away and who stands in for them."),
    "processes": ("engine.cli.deploy:processes", "List what is deployed."),
    "calendar": ("engine.cli.calendar:calendar", "Reckon with working time."),
}


class _Lazy(click.Group):
    """Commands are imported when they are called, so that `heard --help` and each command start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from engine.definition.suggest import near

        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            ctx.fail(f"Expected a command, but there is no '{name}'{near(name, COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    metavar="DIR",
    help="The folder with processes/ and forms/ (else HEARD_HOME, else here, else the shipped ones).",
)
@click.option("--database", metavar="URL", help="The database, such as sqlite:///heard.db (else HEARD_DATABASE_URL).")
@click.version_option(__version__, prog_name="heard")
@click.pass_context
def heard(ctx: click.Context, home: str | None, database: str | None) -> None:
    """Heard: workflows for customer communication that can be proved."""
    ctx.obj = Context(home, database)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Exits with 0, 1 (something to mend), 2 (the call) or 3 (our own fault)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = heard.main(arguments, prog_name="heard", standalone_mode=False)
    except click.exceptions.Abort:
        code = _say("Stopped.", 130)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except Rejected as rejected:
        code = _say("\n  ".join([f"{rejected.message} [{rejected.code}]", *rejected.by_field]), 1)
    except DefinitionError as error:
        code = _say("\n".join(str(problem) for problem in error.problems), 1)
    except Stuck as stuck:
        code = _say(str(stuck), 1)
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except Exception as error:  # ours: whoever meets it gets a sentence, whoever mends it asks for the trace
        if os.environ.get("HEARD_TRACEBACK"):
            raise
        code = _say(
            f"Heard failed by its own fault, and nothing was written: {type(error).__name__}: {error}. "
            "HEARD_TRACEBACK=1 shows where.",
            3,
        )
    sys.exit(code if isinstance(code, int) else 0)


def _say(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code
