"""The page of all commands, from the parameters of the command objects; help as Typer draws it is never read."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

from docs.markdown import ended, head, table


def commands_page() -> str:
    """Every command, from the parameters of its command object."""
    parts = [
        head(
            "Commands",
            "Results go to stdout, messages to stderr.\n"
            "A table is drawn on a terminal and is CSV when piped; `--json` gives JSON.\n\n"
            + table(
                ("exit code", "means"),
                [
                    (0, "well"),
                    (1, "findings: rows were refused, or `check` has something to look at"),
                    (2, "the command, its arguments or the workspace are off, or something that nobody foresaw"),
                    (3, "data refused"),
                    (130, "interrupted"),
                ],
            )
            + "\n"
            + table(
                ("environment", "does"),
                [
                    ("`HEADWORKS_FONTS`", "folder with fonts for PDFs"),
                    ("`HEADWORKS_NO_OPEN`", "`demo` opens no browser"),
                    ("`HEADWORKS_TRACE`", "shows the trace of an unforeseen error"),
                    ("`HEADWORKS_WORKSPACE`", "the workspace of `report`'s reports where none is named"),
                    ("`NO_COLOR`", "no colour on a terminal"),
                ],
            )
            + "\nAn option `--x / --no-x` is a switch.\n"
            "`--install-completion` and `--show-completion` are for the completion of your shell.",
        )
    ]
    for words, command, hints in commands():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and p.name in hints]
        usage = [*words, *(_argument(p) if p.required else f"[{_argument(p)}]" for p in arguments)]
        usage += ["COMMAND"] if hasattr(command, "commands") else []
        usage += ["[OPTIONS]"] if options else []
        parts.append(f"## `{' '.join(words)}`\n\n{command.help}\n\n")
        parts.append(f"    {' '.join(usage)}\n\n")
        rows = [(f"`{_argument(p)}`", p.help or "", "required" if p.required else _default(p, hints)) for p in arguments]
        rows += [(_option(p), p.help or "", "required" if p.required else _default(p, hints)) for p in options]
        if rows:
            parts.append(table(("argument or option", "is", "default"), rows) + "\n")
    return ended(parts)


def commands() -> Iterator[tuple[tuple[str, ...], Any, dict[str, Any]]]:
    """Words, command object and declared defaults of every command, groups first, by name."""
    import typer.main

    from headworks.cli.app import app, register_commands

    register_commands()

    def walk(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any, dict[str, Any]]]:
        callback = inspect.unwrap(command.callback) if command.callback else None
        hints = {}
        if callback is not None:
            defaults = inspect.signature(callback).parameters
            hints = {name: defaults[name].default for name in get_type_hints(callback) if name in defaults}
        yield words, command, hints
        for name, child in sorted(getattr(command, "commands", {}).items()):
            yield from walk((*words, name), child)

    yield from walk(("headworks",), typer.main.get_command(app))


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper()).strip("{}[]")


def _option(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(parameter.opts, key=len, reverse=True))
    names += "".join(f" / `{name}`" for name in parameter.secondary_opts)
    return names + (f" {parameter.metavar}" if parameter.metavar else "")


def _default(parameter: Any, declared: dict[str, Any]) -> str:
    value = declared.get(parameter.name)
    value = getattr(value, "default", value)  # typer.Option(...) as a default
    if value is None or value == "" or value is inspect.Parameter.empty:
        return ""
    if isinstance(value, bool):
        return f"`{parameter.opts[0]}`" if value and parameter.secondary_opts else ""
    return f"`{value}`"
