"""What a person sees: messages and progress on stderr, results on stdout; the same as JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    import polars as pl

_ROWS_SHOWN = 20


def messages() -> Console:
    """Console on stderr."""
    return Console(stderr=True, highlight=False)


def say(text: str, style: str = "") -> None:
    """One message to stderr."""
    messages().print(escape(text), style=style or None, soft_wrap=True)


def result(text: str) -> None:
    """One line of the result to stdout."""
    Console(highlight=False).print(escape(text), soft_wrap=True)


def result_json(content: Any) -> None:
    """The result as JSON to stdout."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")


@contextmanager
def steps(title: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A progress line on a terminal; nothing where stderr is not one."""
    console = messages()
    if quiet or not console.is_terminal:
        yield lambda step: None
        return
    with console.status(escape(title)) as status:
        yield lambda step: status.update(f"{escape(title)}: {escape(step)}")


@contextmanager
def bar(title: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A progress bar over ``total`` things on a terminal; call it with the name of each as it begins."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(escape(title), total=total)
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            progress.update(task, description=escape(f"{title} {name}"), completed=begun)
            begun += 1

        yield begin


def show_frame(frame: pl.DataFrame, title: str, limit: int | None) -> None:
    """A table: drawn on a terminal, CSV when piped."""
    console = Console(highlight=False)
    if not console.is_terminal:
        from headworks.jobs.export import csv_text

        sys.stdout.write(csv_text(frame if limit is None else frame.head(limit)))
        return
    from rich.table import Table as RichTable

    shown = frame.head(_ROWS_SHOWN if limit is None else limit)
    drawn = RichTable(title=escape(f"{title} · {frame.height:,} rows"), title_justify="left")
    for name, dtype in shown.schema.items():
        drawn.add_column(escape(name), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in shown.rows():
        drawn.add_row(*[escape(_cell(value)) for value in row])
    console.print(drawn)
    if shown.height < frame.height:
        say(f"{frame.height - shown.height:,} more rows; --limit N shows more, headworks export writes all.")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
