"""A YAML text as values that know their line, and a reader of blocks that collects every breach before it refuses.

The trap: YAML reads ``1:30`` as a number and ``no`` as false. Every value is taken as the text that stands there and
converted by what the field wants, so nothing is guessed.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import yaml

from headworks.core.errors import DataRefused

T = TypeVar("T")
_NONE = ("", "null", "~")


class Breach(NamedTuple):
    """What is wrong in which line."""

    line: int
    problem: str
    found: str
    remedy: str


class RuleSetBroken(DataRefused):
    """A rule set that breaks its schema, with every breach by line."""

    def __init__(self, where: str, breaches: list[Breach]) -> None:
        self.breaches = sorted(breaches)
        said = "; ".join(
            f"line {line}: {problem}" + (f" Found: {found}." if found else "") + (f" {remedy}" if remedy else "")
            for line, problem, found, remedy in self.breaches
        )
        remedy = "Correct these lines; docs/methods/assessment.md has every field"
        where = f"{where}, line {self.breaches[0].line}"
        super().__init__("The rule set breaks its schema.", where=where, found=said, remedy=remedy, code="HW-D781")


class Block:
    """A mapping of the document; every field is asked for once, and what was not asked for is a breach.

    Parameters
    ----------
    node
        The mapping; anything else is a breach.
    name
        Said in messages: ``lists.watch.enter``.
    breaches
        Where breaches are collected.
    """

    def __init__(self, node: yaml.Node, name: str, breaches: list[Breach]) -> None:
        self.name, self.line, self.breaches = name, _line(node), breaches
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: list[str] = []
        if not isinstance(node, yaml.MappingNode):
            self.say(self.line, f"{name} is not a block of fields.", _text(node), "Write field: value, one a line")
            return
        for key, value in node.value:
            said = _text(key)
            if said in self._nodes:
                self.say(_line(key), f"{name or 'The rule set'} says a field twice.", said, "Take one out")
            self._nodes[said] = value

    def say(self, line: int, problem: str, found: str = "", remedy: str = "") -> None:
        """One breach."""
        self.breaches.append(Breach(line, problem, found, remedy))

    def line_of(self, field: str) -> int:
        """Line of a field's value; of the block where it is not said."""
        return _line(self._nodes[field]) if field in self._nodes else self.line

    def has(self, field: str) -> bool:
        """Whether a field is said."""
        return self._get(field) is not None

    def text(self, field: str, default: str | None = None, one_of: Iterable[str] = ()) -> str:
        """A field's text, one of some words where they are given."""
        node = self._get(field)
        if node is None:
            return self._default(field, default, "")
        if not isinstance(node, yaml.ScalarNode):
            self.say(_line(node), f"{self._named(field)} is not one value.", "a block or a list", "Give one word or text")
            return ""
        said, words = node.value, list(one_of)
        if words and said not in words:
            near = difflib.get_close_matches(said, words, n=1)
            remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(words)
            self.say(_line(node), f"{self._named(field)} is none of the words it can be.", said, remedy)
        return str(said)

    def number(self, field: str, default: float | None = None, low: float = -math.inf, high: float = math.inf) -> float:
        """A field's number between two bounds."""
        node = self._get(field)
        if node is None:
            return self._default(field, default, low if math.isfinite(low) else 0.0)
        try:
            value = float(_text(node))
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            remedy = f"Give a number from {low:g} to {high:g}"
            self.say(_line(node), f"{self._named(field)} is not a number it can be.", _text(node), remedy)
            return low if math.isfinite(low) else 0.0
        return value

    def whole(self, field: str, default: int | None = None, low: int = 0, high: int = 1000) -> int:
        """A field's whole number between two bounds."""
        value = self.number(field, default, low, high)
        if value != int(value):
            self.say(self.line_of(field), f"{self._named(field)} is not a whole number.", f"{value:g}", f"Give {int(value)}")
        return int(value)

    def yes(self, field: str, default: bool) -> bool:
        """Whether a field says yes."""
        return self.text(field, "yes" if default else "no", ("yes", "no", "true", "false")) in ("yes", "true")

    def texts(self, field: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A field's list of texts; one text alone is a list of one."""
        node = self._get(field)
        if node is None:
            return self._default(field, default, ())
        if isinstance(node, yaml.SequenceNode):
            return tuple(_text(one) for one in node.value)
        return (_text(node),)

    def block(self, field: str, *, required: bool = False) -> Block | None:
        """A field that is a block."""
        node = self._get(field)
        if node is None:
            if required:
                self._default(field, None, "")
            return None
        return Block(node, self._named(field), self.breaches)

    def blocks(self, field: str) -> list[tuple[str, Block]]:
        """The blocks of a field, by name, in order."""
        outer = self.block(field, required=True)
        if outer is None:
            return []
        outer._asked = list(outer._nodes)
        return [(name, Block(node, f"{field}.{name}", self.breaches)) for name, node in outer._nodes.items()]

    def pairs(self, field: str) -> tuple[tuple[str, str], ...]:
        """A block of plain texts, sorted by name."""
        outer = self.block(field)
        if outer is None:
            return ()
        outer._asked = list(outer._nodes)
        return tuple(sorted((name, _text(node)) for name, node in outer._nodes.items()))

    def close(self) -> None:
        """Every field that was not asked for is a breach, with the nearest that could be meant."""
        for name, node in self._nodes.items():
            if name not in self._asked:
                near = difflib.get_close_matches(name, self._asked, n=1, cutoff=0.5)
                remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(dict.fromkeys(self._asked))
                self.say(_line(node), f"{self.name or 'The rule set'} has no such field.", name, remedy)

    def _named(self, field: str) -> str:
        """A field with the block it stands in; the outermost has no name."""
        return f"{self.name}.{field}" if self.name else field

    def _get(self, field: str) -> yaml.Node | None:
        self._asked.append(field)
        node = self._nodes.get(field)
        is_empty = isinstance(node, yaml.ScalarNode) and node.style is None and node.value in _NONE
        return None if node is None or is_empty else node

    def _default(self, field: str, default: T | None, placeholder: T) -> T:
        if default is None:
            near = difflib.get_close_matches(field, [name for name in self._nodes if name not in self._asked], n=1, cutoff=0.5)
            remedy = f"Add {field}; is it {near[0]!r}?" if near else f"Add {field}"
            self.say(self.line, f"{self.name or 'The rule set'} lacks the field {field}.", "", remedy)
            return placeholder
        return default


def read_document(text: str, where: str, breaches: list[Breach]) -> Block:
    """The outermost block of a YAML text.

    Raises
    ------
    DataRefused
        ``HW-D780`` when it is no YAML, with the line.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise DataRefused(
            "The rule set is not YAML.", where=where + line, found=getattr(problem, "problem", "") or str(problem),
            remedy="Indent with spaces, one field: value a line", code="HW-D780",
        ) from problem  # fmt: skip
    return Block(node if node is not None else yaml.MappingNode("", [], _start(), _start()), "", breaches)


def require_none(breaches: list[Breach], where: str) -> None:
    """Refuse a document with breaches, all of them at once, by line.

    Raises
    ------
    RuleSetBroken
        ``HW-D781``.
    """
    if not breaches:
        return
    raise RuleSetBroken(where, breaches)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark is not None else 1


def _start() -> yaml.Mark:
    return yaml.Mark("", 0, 0, 0, "", 0)


def _text(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "a block or a list"
