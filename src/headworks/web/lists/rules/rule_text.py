"""Where in the text of a rule set a list and its criteria stand: the lines a reader is shown, with their numbers."""

from __future__ import annotations

from typing import NamedTuple

import yaml


class Passage(NamedTuple):
    """Lines of the text from ``first`` (1 is the top) on."""

    name: str
    first: int
    lines: tuple[str, ...]

    @property
    def numbered(self) -> list[tuple[int, str]]:
        """Each line with its number."""
        return list(enumerate(self.lines, self.first))


def passages(text: str, list_name: str, criteria: tuple[str, ...]) -> list[Passage]:
    r"""The passage of a list, then those of its criteria, in the order of the text.

    Examples
    --------
    >>> passages("criteria:\n  a:\n    is: above\nlists:\n  watch:\n    kind: adverse\n", "watch", ("a",))[0]
    Passage(name='watch', first=5, lines=('  watch:', '    kind: adverse'))
    """
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = [one for one in _of(root, "lists", lines) if one.name == list_name]
    return found + [one for one in _of(root, "criteria", lines) if one.name in criteria]


def _of(root: yaml.Node | None, block: str, lines: list[str]) -> list[Passage]:
    if not isinstance(root, yaml.MappingNode):
        return []
    node = next((value for key, value in root.value if key.value == block), None)
    if not isinstance(node, yaml.MappingNode):
        return []
    return [_passage(key, value, lines) for key, value in node.value]


def _passage(key: yaml.Node, value: yaml.Node, lines: list[str]) -> Passage:
    # A value in braces ends where it ends; a block where the next thing begins.
    is_in_braces = not isinstance(value, yaml.CollectionNode) or bool(value.flow_style)
    first, last = key.start_mark.line, value.end_mark.line + is_in_braces
    shown = lines[first:last]
    # What is empty or a remark in between belongs to neither.
    while shown and (not shown[-1].strip() or shown[-1].lstrip().startswith("#")):
        shown.pop()
    return Passage(str(key.value), first + 1, tuple(shown))
