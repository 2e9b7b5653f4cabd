"""Which sentences stand with which stable code, read from the source.

A code is a string such as ``HW-D101``; its sentence is found by how the code is used: as ``code=`` of an error, as an
argument of ``refuse``, ``note``, ``aside`` or ``Finding``, or beside the sentence in a tuple. The trap: a sentence that is put
together elsewhere cannot be found, so those few are told here, and a test fails for a code without a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "headworks"
_CODE = re.compile(r"HW-[A-Z]\d{3}")
# A sentence that is told in the reader's language stands in English in the source.
_TRANSLATED = ("_", "gettext", "gettext_lazy", "say")
# Where the sentence stands in a call that takes it elsewhere than right after the code.
_PLACE = {"note": 3, "aside": 5}
# Put together where no code stands: what differs is written as …
_TOLD = {
    "HW-C003": ("A table of facts breaks its promise (`HW-D002`).", "jobs"),
    "HW-C016": ("What an error of the results says (`HW-W…`).", "jobs"),
    "HW-C018": ("What an error of the workspace says (`HW-W…`): it could only be read.", "jobs"),
    "HW-U110": ("The worker died on it each time.", "web"),
    "HW-I210": ("… …: … changed from … to ….", "jobs"),
    "HW-I217": ("… results carry a quality flag and are kept as suspect (rows …).", "intake"),
}


def error_messages() -> dict[str, tuple[list[str], set[str]]]:
    """Code to the sentences said with it and the rooms that say them; every code of the source, in order."""
    from headworks.intake.promise import _RULES

    found: dict[str, tuple[list[str], set[str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for code in _CODE.findall(text):
            found.setdefault(code, ([], set()))
        room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        for code, message in _Module(ast.parse(text)).messages():
            _say(found, code, message, room)
    for code in _TOLD.keys() & found.keys():
        _say(found, code, *_TOLD[code])
    for rule in _RULES.values():
        _say(found, "HW-D115", rule.problem, "intake")
    return dict(sorted(found.items()))


def _say(found: dict[str, tuple[list[str], set[str]]], code: str, message: str, room: str) -> None:
    said, rooms = found.setdefault(code, ([], set()))
    rooms.add(room)
    if message.strip("… ") and message not in said and not _CODE.fullmatch(message):
        said.append(message)


class _Module:
    """One module's syntax tree, and who is whose parent in it."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parent = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def messages(self) -> Iterator[tuple[str, str]]:
        """Code and sentence."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._without_code(node)
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if _CODE.fullmatch(node.value):
                for text in self._beside(node):
                    yield node.value, text
            elif re.match(_CODE.pattern + ": ", node.value):
                for text in self._text(self.parent[node]):
                    yield node.value[:7], text[9:]

    def _without_code(self, call: ast.Call) -> Iterator[tuple[str, str]]:
        """Errors raised with their class's own code, and breaches of a parameter file."""
        from headworks.core import errors

        named = {keyword.arg: keyword.value for keyword in call.keywords}
        code = named.get("code")
        if isinstance(call.func, ast.Name) and call.func.id == "problem_response" and isinstance(code, ast.Constant):
            yield from ((str(code.value), text) for text in self._text(call.args[1]))
        if isinstance(call.func, ast.Attribute) and call.func.attr == "breach" and len(call.args) > 1:
            yield from (("HW-P003", text) for text in self._text(call.args[1]))
        kind = getattr(errors, call.func.id, None) if isinstance(call.func, ast.Name) else None
        has_code = any(keyword.arg == "code" for keyword in call.keywords)
        if isinstance(kind, type) and issubclass(kind, errors.HeadworksError) and call.args and not has_code:
            yield from ((kind.default_code, text) for text in self._text(call.args[0]))

    def _beside(self, node: ast.Constant) -> list[str]:
        parent = self.parent[node]
        if isinstance(parent, ast.keyword):
            call = self.parent[parent]
            if not isinstance(call, ast.Call):
                return []
            named = [keyword.value for keyword in call.keywords if keyword.arg in ("problem", "what")]
            return [text for value in (named or call.args)[:1] for text in self._text(value)]
        if isinstance(parent, ast.Call):
            name = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
            after = parent.args[_PLACE.get(name, parent.args.index(node) + 1) :]
        elif isinstance(parent, ast.Tuple):
            after = parent.elts[parent.elts.index(node) + 1 :]
        else:
            after = []
        return [text for value in after[:1] for text in self._text(value)]

    def _text(self, node: ast.AST) -> list[str]:
        """The sentences an expression can be; none when the source does not tell."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [re.sub(r"\{\w+\}", "…", node.value)]
        if isinstance(node, ast.JoinedStr):
            said = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
            return [re.sub(r"\{\w+\}", "…", "".join(str(part) for part in said))]
        if isinstance(node, ast.IfExp):
            return self._text(node.body) + self._text(node.orelse)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TRANSLATED and node.args:
            return [re.sub(r"%\(\w+\)[a-z]|%[sd]", "…", text) for text in self._text(node.args[0])]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return self._text(node.func.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._text(node.left)
        if isinstance(node, ast.BinOp):
            return [a + b for a in self._text(node.left) or ["…"] for b in self._text(node.right) or ["…"]]
        if isinstance(node, ast.Starred):
            return self._text(node.value)
        if isinstance(node, ast.Tuple):
            return self._text(node.elts[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.functions:
            returns = [child for child in ast.walk(self.functions[node.func.id]) if isinstance(child, ast.Return)]
            returns.sort(key=lambda child: child.lineno)
            return [text for child in returns if child.value is not None for text in self._text(child.value)]
        return self._named(node) if isinstance(node, ast.Name) else []

    def _named(self, node: ast.Name) -> list[str]:
        """What a name was last given before this line; of a parameter, what its callers give."""
        scope = self._function_around(node)
        if scope is None:
            return []
        given = [
            (child.lineno, child.value)
            for child in ast.walk(scope)
            if isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == node.id and child.lineno < node.lineno
        ]
        if given:
            return self._text(max(given, key=lambda pair: pair[0])[1])
        names = [argument.arg for argument in scope.args.args]
        if node.id not in names:
            return []
        place = names.index(node.id)
        calls = [
            call
            for call in ast.walk(self.tree)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == scope.name
        ]
        calls.sort(key=lambda call: call.lineno)
        return [text for call in calls if place < len(call.args) for text in self._text(call.args[place])]

    def _function_around(self, node: ast.AST) -> ast.FunctionDef | None:
        above: ast.AST | None = node
        while above is not None and not isinstance(above, ast.FunctionDef):
            above = self.parent.get(above)
        return above
