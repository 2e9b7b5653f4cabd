"""Lists of areas: who is on which, by which rule, how probable, and what people decided about it."""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about

LIST_STATES = ["off", "on", "review"]
OUTCOMES = [
    "stays_off", "entered", "stays_on", "to_review", "stays_in_review", "returned", "left", "lost", "appeal_upheld",
    "not_assessable",
]  # fmt: skip
DECISIONS = ["appealed", "appeal_upheld", "appeal_dismissed", "accepted", "refused"]


class ListOutcomes(Table):
    """What became of an area on a list in a period, and why; recomputed from the run and the rule set it names."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="Period assessed.", metadata=about("-"))
    rule_set = dy.String(primary_key=True, description="Id of the rule set.", metadata=about("-"))
    list_name = dy.String(primary_key=True, description="List.", metadata=about("-"))
    rule_version = dy.String(description="Version of the rule set.", metadata=about("-"))
    rule_digest = dy.String(description="SHA-256 of the rule set's text.", metadata=about("-"))
    run_id = dy.String(description="Run whose results were read.", metadata=about("-"))
    level = dy.Int8(min=1, max=5, description="Level of the area.", metadata=about("1"))
    population = dy.Float64(nullable=True, min=0, description="Residents of the area.", metadata=about("people"))
    state = dy.Enum(LIST_STATES, description="off, on, or under review before it leaves.", metadata=about("-"))
    outcome = dy.Enum(OUTCOMES, description="What happened in this period.", metadata=about("-"))
    previous = dy.Enum(LIST_STATES, description="State a period before.", metadata=about("-"))
    since = dy.String(nullable=True, description="Period in which the area entered the list; empty while it is off.", metadata=about("-"))
    is_appealed = dy.Bool(description="Whether an appeal waits for a decision.", metadata=about("-"))
    probability = dy.Float64(nullable=True, min=0, max=1, description="Of the strongest criterion of entry in this period; empty where nothing can be said.", metadata=about("1"))
    criterion = dy.String(nullable=True, description="That criterion.", metadata=about("-"))
    families = dy.Int16(min=0, description="Independent families of indicators that agree in this period.", metadata=about("1"))
    changed = dy.String(nullable=True, description="Criteria that crossed their probability since the period before: +name or -name.", metadata=about("-"))
    change_criteria = dy.String(nullable=True, description="Criteria whose figures must change for another outcome; empty where no such change was found.", metadata=about("-"))
    change_factor = dy.Float64(nullable=True, min=0, description="The smallest factor by which they must be multiplied.", metadata=about("1"))
    change_scope = dy.String(nullable=True, description="this_period, or window: all periods the rule looks at.", metadata=about("-"))
    change_outcome = dy.String(nullable=True, description="What would then happen.", metadata=about("-"))
    evidence = dy.String(description="All that decided, as JSON: from it alone and the rule set the outcome follows again.", metadata=about("-"))


class ListDecisions(Table):
    """What people decided about an area on a list: appeals and their end, acceptance after a review."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="Period in which it takes effect.", metadata=about("-"))
    rule_set = dy.String(primary_key=True, description="Id of the rule set.", metadata=about("-"))
    list_name = dy.String(primary_key=True, description="List.", metadata=about("-"))
    decision = dy.Enum(DECISIONS, description="appealed, appeal_upheld, appeal_dismissed, accepted or refused (of a review).", metadata=about("-"))
    reason = dy.String(nullable=True, description="In words, without names of persons.", metadata=about("-"))
