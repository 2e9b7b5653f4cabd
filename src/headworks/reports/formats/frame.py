"""What stands around every page: header, footer, name of a file's title; the same in every format."""

from __future__ import annotations

from headworks.reports.content import Message, tell
from headworks.reports.cycle.content import CycleContent
from headworks.reports.wording import Wording

READERS = {
    "public": tell("for the public"),
    "partner": tell("for partners"),
    "analyst": tell("for analysts"),
    "steward": tell("for the steward only"),
}
STATES = {
    "draft": tell("draft"),
    "reviewed": tell("reviewed, not approved"),
    "approved": tell("approved, not published"),
    "published": tell("published"),
    "withdrawn": tell("withdrawn"),
}
# So much of a hash is compared by eye.
_HEAD = 16


def title_of(content: CycleContent) -> Message:
    """Title of the report."""
    return tell("{title}: {area}, {period}", title=content.title, area=content.area, period=content.period)


def header_of(content: CycleContent, wording: Wording) -> tuple[str, str]:
    """Left and right half of the line above every page: area and period; edition, state and tier."""
    edition = content.edition
    left = wording.say(tell("{area} · {period}", area=content.area, period=content.period))
    right = tell("Edition {n} ({state}) · {readers}", n=edition.number, state=STATES[edition.state],
                 readers=READERS.get(content.tier, content.tier))  # fmt: skip
    return left, wording.say(right)


def footer_of(content: CycleContent, wording: Wording) -> str:
    """The line below every page, before the number of the page."""
    edition = content.edition
    head = edition.audit_head[:_HEAD] or "–"
    return wording.say(tell("Snapshot {snapshot} · audit head {head}", snapshot=edition.snapshot_id, head=head))


def about_lines(content: CycleContent) -> tuple[Message, ...]:
    """How it was made: run, parameter set, program, date."""
    return (
        tell("Run {run}, parameter set {parameters}, Headworks {version}; frozen on {day}.", run=content.run_id,
             parameters=content.parameter_set, version=content.code_version, day=content.made_on),
    )  # fmt: skip
