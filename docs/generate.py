"""Reference pages from the code: tables, commands, errors, settings, parameter sets, Python names.

    python -m docs.generate            writes docs/reference/*.md
    python -m docs.generate --check    writes nothing; names what is stale and leaves with 1

Pages hang on the code alone: not on the width of a terminal, the version of a library or the day. The trap: a library's
own rendering (help texts, ``repr``) changes with its version, so pages are built from our declarations.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import polars as pl

from docs.command_page import commands_page
from docs.error_messages import error_messages
from docs.markdown import ended, head, table

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"


# --- tables ---------------------------------------------------------------------------------------------------------


def tables_page() -> str:
    """Every table of the shelf."""
    from headworks.core.schema import describe
    from headworks.tables import SHELF

    kinds = {
        "fact": "imported, append-only: an amendment is a further row with the same key, and the latest counts",
        "result": "computed by `headworks run`, replaced by the next run",
        "record": "passed from room to room, not kept",
    }
    parts = [
        head(
            "Tables",
            "Every table that crosses a room: its columns, the unit and meaning of each, its key, and its rules.\n"
            "`headworks show WORKSPACE TABLE --columns` says the same.\n\n"
            + "\n".join(f"- **{kind}**: {meaning}." for kind, meaning in kinds.items()),
        )
    ]
    for name, (schema, kind) in SHELF.items():
        parts.append(f"## `{name}`\n\n*{kind}.* {_first_line(schema)}\n\n")
        rows = [
            (
                f"`{c.name}`",
                _dtype_word(schema.columns()[c.name].dtype),
                c.unit,
                "key" if c.is_key else "",
                "may be" if c.is_nullable else "",
                c.meaning,
            )
            for c in describe(schema)
        ]
        parts.append(table(("column", "type", "unit", "key", "empty", "meaning"), rows) + "\n")
        words = {c.name: c.dtype for c in describe(schema) if c.dtype.startswith("one of ")}
        limits = [f"- `{column}` is {text}.\n" for column, text in words.items()] + _limits(schema)
        rules = [f"- Rule: {rule.replace('_', ' ')}.\n" for rule in _rules(schema)]
        parts.append("".join(limits + rules) + ("\n" if limits or rules else ""))
    return ended(parts)


def _dtype_word(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Enum):
        return "word"
    if dtype.is_temporal():
        return "date" if dtype == pl.Date else "instant"
    if dtype.is_integer():
        return "whole number"
    return "number" if dtype.is_numeric() else "text"


def _limits(schema: Any) -> list[str]:
    said = []
    for name, column in schema.columns().items():
        bounds = [
            (getattr(column, "min", None), "at least"),
            (getattr(column, "min_exclusive", None), "above"),
            (getattr(column, "max", None), "at most"),
        ]
        words = [f"{text} {value:g}" for value, text in bounds if value is not None]
        if words:
            said.append(f"- `{name}` is {', '.join(words)}.\n")
    return said


def _rules(schema: type) -> list[str]:
    """Names of the rules, read from the class as it is written."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(schema)))
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any("rule" in ast.unparse(mark) for mark in node.decorator_list)
    ]


# --- errors ---------------------------------------------------------------------------------------------------------

_TREES = {
    "U": ("Usage: exit code 2", "The command, an option or an argument cannot be acted on."),
    "W": ("Workspace: exit code 2", "No workspace there, it is damaged, or another process holds it."),
    "D": ("Data refused: exit code 3", "A file, a row or a table breaks its promise. D1xx come from files, D3xx from means."),
    "P": ("Parameters: exit code 3", "A factor, set or residue that the reference does not hold."),
    "I": ("Findings of an import", "The row was kept; look. They change no exit code."),
    "C": ("Findings of `headworks check`", "An error or a warning makes the exit code 1; an info is only told."),
    "X": ("Unforeseen: exit code 2", "A fault of the program; please report it with the trace."),
}


def errors_page() -> str:
    """Every stable code with what it says."""
    parts = [
        head(
            "Errors and findings",
            "Every code is stable: the command line, the JSON output and this page use the same one.\n"
            "A message says *what is wrong*, *where*, *what was found*, *what would do*.\n"
            "… stands for what differs each time.\n\n"
            "```text\n" + _error_tree() + "```",
        )
    ]
    found = error_messages()
    for tree, (title, text) in _TREES.items():
        rows = [
            (f"`{code}`", "<br>".join(said) or "–", ", ".join(f"`{room}`" for room in sorted(rooms)))
            for code, (said, rooms) in found.items()
            if code[3] == tree
        ]
        parts.append(f"## {title}\n\n{text}\n\n" + table(("code", "says", "comes from"), rows) + "\n")
    return ended(parts)


def _error_tree() -> str:
    from headworks.core import errors

    lines = (errors.__doc__ or "").splitlines()
    return "\n".join(line[4:] for line in lines if line.startswith("    ")) + "\n"


# --- settings -------------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """What ``headworks.toml`` may say."""
    from headworks.core.disclosure import DEFAULT_DETAIL, DEFAULT_DOMINANCE, DEFAULT_FLOORS, DEFAULT_SITES
    from headworks.reference import uncertainty_defaults
    from headworks.store import settings

    example = "\n".join((settings.__doc__ or "").splitlines()[2:])
    rsd = dict(uncertainty_defaults().select("parameter", "rsd").rows())
    default: dict[str, dict[str, object]] = {
        "": {"format": settings.FORMAT},
        "run": {name: getattr(settings.Settings, name) for name in ("parameter_set", "residues", "in_sewer_loss")},
        "uncertainty": rsd,
        "publication_floors": dict(DEFAULT_FLOORS),
        "publication_sites": dict(DEFAULT_SITES),
        "publication_dominance": dict(DEFAULT_DOMINANCE),
        "publication_detail": dict(DEFAULT_DETAIL),
    }
    rows: list[tuple[object, ...]] = [
        (f"`[{section}]`" if section else "(top)", f"`{key}`", _kind_word(kind), default.get(section, {}).get(key, ""))
        for section, keys in settings._KNOWN.items()
        for key, kind in keys.items()
    ]
    rows.append(("`[week_conventions.NAME]`", "`weekday_days`, `weekend_days`", "text", ""))
    rows.append(("`[week_conventions.NAME]`", "`first_year`, `last_year`", "whole numbers", "open"))
    rows.append(("`[week_conventions.NAME]`", "`zero_is`", "text", "zero"))
    rows = [(*row, "yes" if _results_hang_on(str(row[0]), str(row[1])) else "no") for row in rows]
    text = (
        "A workspace's `headworks.toml`.\n"
        "An unknown key, a value of the wrong kind or a later format is refused (`HW-W003`).\n"
        "After a change of what results hang on, the next run recomputes all of them.\n\n"
        f"```toml\n{example.strip()}\n```"
    )
    return head("Settings", text) + table(("section", "setting", "is", "default", "a change recomputes all"), rows)


def _results_hang_on(section: str, key: str) -> bool:
    """Whether another value gives the settings another digest."""
    from headworks.store.settings import Settings

    name = key.strip("`") if section in ("(top)", "`[run]`") else section.strip("`[]").split(".")[0]
    others: dict[str, Any] = {
        "parameter_dirs": ("x",),
        "uncertainty": {"flow": 9.0},
        "publication_floors": {"public": 9},
        "publication_sites": {"public": 9},
        "publication_dominance": {"public": 0.5},
        "publication_detail": {"public": "year"},
        "week_conventions": {"x": {}},
    }
    return name != "format" and replace(Settings(), **{name: others.get(name, "x")}).digest != Settings().digest


def _kind_word(kind: object) -> str:
    if isinstance(kind, tuple):
        return "number"
    words = {"str": "text", "int": "whole number", "list": "list of text", "bool": "true or false"}
    return words[getattr(kind, "__name__", "str")]


# --- parameter sets -------------------------------------------------------------------------------------------------


def parameter_sets_page() -> str:
    """Sets, the default set's factors, uncertainties, week conventions."""
    from headworks.reference import DEFAULT_SET, list_sets, read_set, uncertainty_defaults, week_conventions

    text = (
        "No number of the literature stands in code; each comes from a dated file, with a status and a citation.\n"
        "`verified`: seen in the source while the table was compiled.\n"
        "`from memory`: to be checked by a chemist before official use.\n"
        "`headworks reference show DRUG` puts all sets side by side."
    )
    parts = [head("Parameter sets", text), "## Sets\n\n"]
    sets = list_sets().select("set_id", "title", "valid_from", "extends", "citation", "note").rows()
    parts.append(table(("set", "title", "valid from", "extends", "citation", "note"), _filled(sets)) + "\n")
    parts.append(
        f"## Factors of `{DEFAULT_SET}`\n\nFactor = mass ratio / excretion fraction (L3 in [loads](../methods/loads.md)).\n"
    )
    parts.append("`u_factor` is the relative standard uncertainty of the factor.\n\n")
    columns = (
        "drug", "analyte", "use", "excretion_fraction", "excretion_low", "excretion_high", "distribution", "correction_factor",
        "u_factor", "excretion_status", "dose_mg", "dose_status", "citation_excretion",
    )  # fmt: skip
    rounded = {"correction_factor": 4, "u_factor": 3}
    rows = [
        [round(value, rounded[name]) if name in rounded and value is not None else value for name, value in row.items()]
        for row in read_set().factors.select(columns).iter_rows(named=True)
    ]
    titles = (
        "drug",
        "residue",
        "use",
        "f",
        "low",
        "high",
        "law",
        "factor",
        "u_factor",
        "status",
        "dose mg",
        "dose status",
        "citation",
    )
    parts.append(table((*titles, "citation"), _filled(rows)) + "\n")
    parts.append("## Default uncertainties\n\nRelative standard uncertainties used where a result brings none.\n\n")
    parts.append(table(uncertainty_defaults().columns, _filled(uncertainty_defaults().rows())) + "\n")
    parts.append("## Week conventions\n\n1 is Monday; of the rows that hold for a year, the first wins.\n\n")
    joined = pl.col("weekday_days", "weekend_days").cast(pl.List(pl.String)).list.join(" ")
    weeks = week_conventions().with_columns(joined)
    parts.append(table(weeks.columns, _filled(weeks.rows())))
    return ended(parts)


def _filled(rows: Iterable[Iterable[object]]) -> list[list[object]]:
    return [["" if cell is None else f"{cell:g}" if isinstance(cell, float) else cell for cell in row] for row in rows]


# --- Python ---------------------------------------------------------------------------------------------------------

MODULES = ("headworks", "headworks.core.uncertainty", "headworks.loads", "headworks.trends", "headworks.reference")


def python_api_page() -> str:
    """Exported names with signatures and the first line of their docstrings."""
    text = "The rooms that a notebook asks, and the first line of each docstring; `help(name)` says the rest."
    parts = [head("Python", text)]
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        parts.append(f"## `{module_name}`\n\n{_first_line(module)}\n\n")
        for name in exported(module):
            thing = getattr(module, name)
            if not inspect.isclass(thing) and not inspect.isfunction(inspect.unwrap(thing)):
                values = get_args(thing) or (tuple(thing) if isinstance(thing, dict) else thing)
                parts.append(f"- `{name}`: `{values!r}`\n")
                continue
            parts.append(f"- `{name}{_signature(thing)}`: {_first_line(thing)}\n")
        parts.append("\n")
    return ended(parts)


def exported(module: Any) -> list[str]:
    """``__all__``, or the public functions and constants a module defines itself."""
    if hasattr(module, "__all__"):
        return sorted(name for name in module.__all__ if not name.startswith("_"))
    own = [name for name, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__]
    constants = [name for name in vars(module) if name.isupper()]
    return sorted(name for name in [*own, *constants] if not name.startswith("_"))


def _signature(thing: Any) -> str:
    parameters = []
    for parameter in inspect.signature(thing).parameters.values():
        default = "" if parameter.default is parameter.empty else f"={_shown(parameter.default)}"
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        parameters.append(f"{parameter.name}{default}")
    return "(" + ", ".join(parameters) + ")"


def _shown(default: Any) -> str:
    """A default; of what has no lasting text (a function, a factory) only that there is one."""
    text = repr(default)
    return "…" if callable(default) or text.startswith("<") else text


def _first_line(thing: Any) -> str:
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")).replace(
        "``", "`"
    )


PAGES: dict[str, Callable[[], str]] = {
    "tables.md": tables_page,
    "commands.md": commands_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "parameter-sets.md": parameter_sets_page,
    "python-api.md": python_api_page,
}


def main(arguments: list[str]) -> int:
    """0 when all is well, 1 when a page is stale, 2 for another argument."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m docs.generate [--check]\n")
        return 2
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if arguments:
            stale.append(f"docs/reference/{name}")
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for name in stale:
        sys.stderr.write(f"{name} is stale: run python -m docs.generate\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
