"""A rule set from its YAML text, checked field by field.

Every breach is told with its line; an unknown field with the nearest that exists. Tables and columns are checked against the
contract shelf, criteria against those that the set itself names. The trap: a rule that reads a column nobody has would list
nobody, silently.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Mapping
from typing import cast

from headworks.assessment.rules.document import Block, Breach, read_document, require_none
from headworks.assessment.rules.rule_set import (
    Acceptance,
    Against,
    Columns,
    Combine,
    Criterion,
    Entry,
    Evidence,
    Leave,
    ListRule,
    RuleSet,
)

_PERIODS = ("week", "month", "quarter", "half_year", "year")
_STATUSES = ("recommended", "reference", "own")
_EVIDENCE = ("log_normal", "gamma_poisson", "crude")
_LEVELS = ("1", "2", "3", "4", "5")


def read_rule_set(text: str, where: str, shelf: Mapping[str, tuple[str, ...]]) -> RuleSet:
    """The rule set that a YAML text says.

    Parameters
    ----------
    text
        The text of the file.
    where
        Its name, for messages.
    shelf
        Names of the columns of every table a criterion may read.

    Raises
    ------
    DataRefused
        ``HW-D780`` when it is no YAML, ``HW-D781`` with every breach of the schema and its line.
    """
    breaches: list[Breach] = []
    top = read_document(text, where, breaches)
    criteria = tuple(_criterion(name, block, shelf) for name, block in top.blocks("criteria"))
    known = [one.name for one in criteria]
    lists = tuple(_list(name, block, known) for name, block in top.blocks("lists"))
    for place, one in enumerate(lists):
        if one.requires and one.requires not in [before.name for before in lists[:place]]:
            top.say(top.line_of("lists"), f"lists.{one.name}.requires names no list above it.", one.requires,
                    "Name a list that comes earlier")  # fmt: skip
    _require_families(top, lists, {one.name: one.family for one in criteria})
    found = RuleSet(
        top.text("id"), top.text("version"), top.text("title", ""), _day(top, "valid_from", None), _day(top, "valid_to", ""),
        top.text("period", one_of=_PERIODS), top.text("status", "own", _STATUSES), criteria, lists, rule_digest(text),
    )  # fmt: skip
    top.text("note", "")
    top.close()
    require_none(breaches, where)
    return found


def _require_families(top: Block, lists: tuple[ListRule, ...], family: dict[str, str]) -> None:
    for one in lists:
        n = len({family[name] for name in one.enter.agree})
        if one.enter.families > n > 0:
            top.say(top.line_of("lists"), f"lists.{one.name}.enter.families is more than its criteria have: none enters.",
                    str(one.enter.families), f"Give at most {n}, or name criteria of other families in agree")  # fmt: skip


def rule_digest(text: str) -> str:
    """SHA-256 of a rule set's text; line ends and blanks at the end of lines do not count.

    Examples
    --------
    >>> rule_digest("id: a  ") == rule_digest("id: a")
    True
    """
    plain = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256(plain.encode()).hexdigest()


def _day(block: Block, field: str, default: str | None) -> str:
    said = block.text(field, default)
    if said:
        try:
            dt.date.fromisoformat(said)
        except ValueError:
            block.say(block.line_of(field), f"{field} is not a date.", said, "Give 2026-01-01")
    return said


def _criterion(name: str, block: Block, shelf: Mapping[str, tuple[str, ...]]) -> Criterion:
    table = block.text("table", one_of=shelf)
    evidence = cast("Evidence", block.text("evidence", one_of=_EVIDENCE))
    of_table = shelf.get(table, ())
    is_count = evidence == "gamma_poisson"
    columns = Columns(
        _column(block, "value", of_table, None if not is_count else ""), _column(block, "lower", of_table, ""),
        _column(block, "upper", of_table, ""),
        tuple(_known_column(block, "scatter", one, of_table) for one in block.texts("scatter", ())),
        _column(block, "numerator", of_table, None if is_count else ""), _column(block, "denominator", of_table, ""),
        _column(block, "coverage", of_table, ""),
    )  # fmt: skip
    if is_count and not columns.denominator:
        block.say(block.line, f"{block.name} lacks the field denominator.", "", "A rate needs its people")
    if evidence == "log_normal" and not (columns.scatter or (columns.lower and columns.upper)):
        block.say(block.line, f"{block.name} has no uncertainty.", "", "Give lower and upper, or scatter: the u_ columns")
    where = block.pairs("where")
    for column, _ in where:
        _known_column(block, "where", column, of_table)
    found = Criterion(
        name, table, block.text("family"), evidence, block.text("is", "above", ("above", "below")) == "above",
        block.number("threshold", low=0), columns, where, block.yes("of_parent", default=False),
        block.number("prior_shape", 0.5, low=1e-6), block.number("prior_mean", 1.0, low=1e-12),
        block.number("prior_sd", 0.0, low=0),
        block.number("per", 1.0, low=1e-12),
        block.text("counts", "flow", ("flow", "stock")) == "flow", _against(block),
        block.number("leave_times", 1.0, 0.01, 1.0),
        block.whole("pool", 1, 1, 60), block.number("min_coverage", 0.0, 0, 1), block.text("meaning", ""),
    )  # fmt: skip
    if found.prior_sd and not (found.of_parent or found.against):
        block.say(block.line_of("prior_sd"), f"{block.name} has a prior about nothing.", "", "Add against, or of_parent: yes")
    if found.min_coverage and not columns.coverage:
        block.say(block.line_of("min_coverage"), f"{block.name} asks for coverage and names no column of it.", "",
                  "Add coverage: coverage")  # fmt: skip
    block.close()
    return found


def _against(block: Block) -> Against | None:
    inner = block.block("against")
    if inner is None:
        return None
    found = Against(inner.whole("first", low=1, high=520), inner.whole("periods", 1, 1, 520), inner.whole("least", 1, 1, 520))
    inner.close()
    return found


def _column(block: Block, field: str, of_table: tuple[str, ...], default: str | None) -> str:
    return _known_column(block, field, block.text(field, default), of_table)


def _known_column(block: Block, field: str, said: str, of_table: tuple[str, ...]) -> str:
    if said and of_table and said not in of_table:
        near = difflib.get_close_matches(said, of_table, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(of_table)
        block.say(block.line_of(field), f"{block.name}.{field} is no column of its table.", said, remedy)
    return said


def _list(name: str, block: Block, known: list[str]) -> ListRule:
    enter, leave, accept = block.block("enter", required=True), block.block("leave", required=True), block.block("acceptance")
    entry = _entry(enter or block, known)
    levels = block.texts("levels", ())
    for one in levels:
        if one not in _LEVELS:
            block.say(block.line_of("levels"), f"{block.name}.levels has no such level.", one, "Use levels from 1 to 5")
    found = ListRule(
        name, block.text("kind", one_of=("adverse", "merit")) == "merit", entry, _leave(leave or block, known, entry),
        _acceptance(accept, known), tuple(int(one) for one in levels if one in _LEVELS), block.text("requires", ""),
        _named(block, "red_lines", known, ()), block.number("share_of_children", 0.0, 0, 1),
    )  # fmt: skip
    block.text("meaning", "")
    for part in (enter, leave, accept, block):
        if part is not None:
            part.close()
    return found


def _entry(block: Block, known: list[str]) -> Entry:
    when = _named(block, "when", known, None)
    periods = block.whole("periods", 1, 1, 60)
    return Entry(
        when, cast("Combine", block.text("how", "any", ("any", "all"))), block.number("probability", low=0, high=1), periods,
        block.whole("of", periods, periods, 60), _named(block, "agree", known, when), block.number("agree_at", 0.8, 0, 1),
        block.whole("families", 1, 1, 20),
    )  # fmt: skip


def _leave(block: Block, known: list[str], entry: Entry) -> Leave:
    periods = block.whole("periods", 1, 1, 60)
    return Leave(
        _named(block, "when", known, entry.when), cast("Combine", block.text("how", "all", ("any", "all"))),
        block.number("probability", low=0, high=1), periods, block.whole("of", periods, periods, 60),
        block.whole("min_dwell", 0, 0, 520),
    )  # fmt: skip


def _acceptance(block: Block | None, known: list[str]) -> Acceptance:
    if block is None:
        return Acceptance()
    return Acceptance(
        block.whole("periods", 1, 1, 60), _named(block, "when", known, ()), block.number("probability", 0.8, 0, 1),
        block.yes("by_decision", default=False),
    )  # fmt: skip


def _named(block: Block, field: str, known: list[str], default: tuple[str, ...] | None) -> tuple[str, ...]:
    said = block.texts(field, default)
    for one in said:
        if one not in known:
            near = difflib.get_close_matches(one, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else "Use one of " + ", ".join(known)
            block.say(block.line_of(field), f"{block.name}.{field} names no criterion.", one, remedy)
    return tuple(one for one in said if one in known)
