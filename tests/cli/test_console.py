from __future__ import annotations

import io
import sys

import polars as pl
import pytest
from rich.console import Console

from headworks.cli import console


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is drawn on a terminal of 100 columns."""
    drawn = io.StringIO()

    class Terminal(Console):
        def __init__(self, **options: object) -> None:
            options.pop("stderr", None)
            super().__init__(file=drawn, force_terminal=True, width=100, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(console, "_Console", Terminal)
    return drawn


def test_messages_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("[red]x[/red] :bug: " + "long " * 60)
    console.result("[red]x[/red] :bug:")
    out, err = capsys.readouterr()
    assert out == "[red]x[/red] :bug:\n"
    assert err.startswith("[red]x[/red] :bug: long")
    assert err.count("\n") == 1


def test_json_is_one_line_of_readable_letters(capsys: pytest.CaptureFixture[str]) -> None:
    console.result_json({"name": "省"})
    assert capsys.readouterr().out == '{"name": "省"}\n'


def test_a_table_is_drawn_on_a_terminal_and_its_end_is_told(terminal: io.StringIO) -> None:
    frame = pl.DataFrame({"name": ["[b]", None] * 20, "x": [1 / 3, 2.0] * 20})
    console.show_frame(frame, "sites", None)
    drawn = terminal.getvalue()
    assert "sites · 40 rows" in drawn
    assert "[b]" in drawn
    assert "0.333333" in drawn
    assert "20 more rows" in drawn


def test_a_table_is_csv_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    console.show_frame(pl.DataFrame({"name": ["=x"], "x": [1 / 3]}), "sites", None)
    assert capsys.readouterr() == ("name,x\n'=x,0.3333333333333333\n", "")


def test_progress_is_drawn_on_a_terminal_only_and_never_on_stdout(
    terminal: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    with console.bar("Importing", 2) as bar:
        bar.begin("a[1].csv")
        bar.tell("checking")
        with bar.aside():
            console.result("a.csv: done")
    with console.steps("Computing") as tell:
        tell("loads")
    assert "a[1].csv" in terminal.getvalue()
    assert capsys.readouterr().out == "a.csv: done\n"


def test_nothing_is_drawn_when_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with console.bar("Importing", 1) as bar:
        bar.begin("a.csv")
        with bar.aside():
            pass
    with console.steps("Computing") as tell:
        tell("loads")
    assert capsys.readouterr() == ("", "")


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.messages().no_color


def test_output_that_nobody_reads_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(console.OutputClosed):
        console.result("x")
