"""Pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; a bar inside a cell is written so that it stays inside."""
    lines = ["| " + " | ".join(head) + " |"]
    lines.append("|" + "---|" * lines[0].count(" | ") + "---|")
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def head(title: str, text: str) -> str:
    """Title, where the page comes from, and what it is about."""
    return f"# {title}\n\n{text.strip()}\n\n*Written by `python -m docs.generate` from the code; do not edit.*\n\n"


def ended(parts: Iterable[str]) -> str:
    """The parts as one page that ends in one line break."""
    return "".join(parts).rstrip("\n") + "\n"
