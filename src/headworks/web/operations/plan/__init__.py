"""What is to be sampled: plans, tasks by route, labels.

In: a rule, or a file of days. Out: planned samples with their codes, and who goes where today.
"""
