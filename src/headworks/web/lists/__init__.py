"""Lists of areas: who is on which by which rule, why, what would change it; reviews, appeals, and the rule sets themselves.

Three things take two people: a rule set comes into force, an assessment is confirmed, an appeal or an acceptance is decided.
The worker computes (``list_work``); pages read what it kept.
"""
