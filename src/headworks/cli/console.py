"""What a person sees: messages and progress on stderr, results on stdout; the same as JSON when asked.

Nothing that is printed is read as markup or as the name of an emoji: a file may be called ``[red].csv`` or ``:bug:.csv``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    import polars as pl
    from rich.progress import Progress

_ROWS_SHOWN = 20


class OutputClosed(Exception):
    """Who read our output has gone (``| head``): there is nothing more to say, and nothing is wrong."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise OutputClosed


def messages() -> Console:
    """Console on stderr."""
    return _Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str, style: str = "") -> None:
    """One message to stderr."""
    messages().print(text, style=style or None, soft_wrap=True)


def write_out(text: str) -> None:
    """Text to stdout as it is.

    Raises
    ------
    OutputClosed
        When nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as problem:
        raise OutputClosed from problem


def result(text: str) -> None:
    """One line of the result to stdout."""
    write_out(text + "\n")


def result_json(content: Any) -> None:
    """The result as JSON to stdout."""
    write_out(json.dumps(content, ensure_ascii=False, default=str) + "\n")


_left_at_once: list[bool] = []


def leave_at_once() -> None:
    """Say that nothing is left to do when the command returns.

    Python takes apart every table and module before it ends, half a second after a run of a province.
    """
    _left_at_once.append(True)


def is_left_at_once() -> bool:
    """Whether the command said so."""
    return bool(_left_at_once)


@contextmanager
def steps(title: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A progress line on a terminal; nothing where stderr is not one."""
    console = messages()
    if quiet or not console.is_terminal:
        yield lambda step: None
        return
    with console.status(title) as status:
        yield lambda step: status.update(f"{title}: {step}")


class Bar:
    """A progress bar over things, with the name of the one under way and its step."""

    def __init__(self, progress: Progress, title: str, total: int) -> None:
        self._progress = progress
        self._title = title
        self._task = progress.add_task(title, total=total)
        self._begun = 0
        self._name = ""

    def begin(self, name: str) -> None:
        """The next thing is under way."""
        self._name = name
        self._progress.update(self._task, description=f"{self._title} {name}", completed=self._begun)
        self._begun += 1

    def tell(self, step: str) -> None:
        """What is being done with it."""
        self._progress.update(self._task, description=f"{self._title} {self._name}: {step}")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while something is printed."""
        self._progress.stop()
        yield
        self._progress.start()


@contextmanager
def bar(title: str, total: int, *, quiet: bool = False) -> Iterator[Bar]:
    """A progress bar on a terminal; nothing where stderr is not one."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = messages()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_off = quiet or not console.is_terminal
    # Redirected, results for stdout would be drawn on stderr.
    with Progress(
        *columns, console=console, transient=True, disable=is_off, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield Bar(progress, title, total)


def show_frame(frame: pl.DataFrame, title: str, limit: int | None) -> None:
    """A table: drawn on a terminal, CSV when piped."""
    console = _Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        from headworks.jobs.csv_text import csv_text

        write_out(csv_text(frame if limit is None else frame.head(limit)))
        return
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = frame.head(_ROWS_SHOWN if limit is None else limit)
    drawn = RichTable(title=Text(f"{title} · {frame.height:,} rows"), title_justify="left")
    for name, dtype in shown.schema.items():
        drawn.add_column(Text(name), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in shown.rows():
        drawn.add_row(*[Text(_cell(value)) for value in row])
    console.print(drawn)
    if shown.height < frame.height:
        say(f"{frame.height - shown.height:,} more rows; --limit N shows more, headworks export writes all.")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
