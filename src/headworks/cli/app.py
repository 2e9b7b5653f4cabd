"""All commands, and what happens when one of them must say no."""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NoReturn

import typer

from headworks.cli.console import OutputClosed, is_left_at_once, result, result_json, say
from headworks.core.errors import HeadworksError

_INTERRUPTED = 130

app = typer.Typer(
    name="headworks",
    help="From sewage samples to the drug situation of an area.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and leave.", is_eager=True),
) -> None:
    if version:
        from headworks import __version__

        result(f"headworks {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        result(context.get_help())


def register_commands() -> None:
    """Load the modules of all commands; each puts its own into ``app``."""
    from headworks.cli import (  # noqa: F401  they register themselves
        assess_commands,
        data_commands,
        evaluation_commands,
        explain_commands,
        lab_commands,
        lab_screening_commands,
        places_commands,
        plan_commands,
        reference_commands,
        report_commands,
        serve_commands,
        simulate_commands,
        trend_commands,
        user_commands,
        warn_commands,
        workspace_commands,
    )


def run_app(arguments: list[str] | None = None) -> int:
    """Run a command line; the exit code.

    An error of ours becomes one sentence (or JSON with ``--json``); an error that nobody foresaw becomes a sentence with
    the place of its trace, which is shown when ``HEADWORKS_TRACE=1``.
    """
    register_commands()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = _run(words)
        sys.stdout.flush()
    except (OutputClosed, BrokenPipeError):
        # Python would complain when it flushes stdout at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def leave(code: int) -> NoReturn:
    """End the process: at once after a command that said so, else as Python does."""
    if is_left_at_once():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)


def _run(words: list[str]) -> int:
    try:
        app(args=words, prog_name="headworks")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == _INTERRUPTED:
            say("Interrupted; what was not finished was not kept.")
        return code
    except HeadworksError as problem:
        return _say_no(problem, "--json" in words)
    except OutputClosed:
        raise
    except Exception as problem:  # noqa: BLE001  the last resort: no trace for an operator
        return _say_unforeseen(problem)
    return 0


def _say_no(problem: HeadworksError, as_json: bool) -> int:
    if as_json:
        result_json({"error": problem.as_dict()})
    else:
        say(f"{problem.code}: {problem}", style="bold red")
    return problem.exit_code


def _say_unforeseen(problem: Exception) -> int:
    if os.environ.get("HEADWORKS_TRACE"):
        traceback.print_exc()
        return 2
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")  # noqa: TID251  names a log file only
    log = Path(tempfile.gettempdir()) / f"headworks-{stamp}-{os.getpid()}.log"
    try:
        log.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
        where = f" The trace is in {log}."
    except OSError:
        where = " Set HEADWORKS_TRACE=1 to see the trace."
    say(f"HW-X001: Something went wrong that nobody foresaw: {problem}.{where}", style="bold red")
    return 2
