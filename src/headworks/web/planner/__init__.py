"""The planner as a form with a picture: what a sampling plan sees, and what is seen at all.

In: numbers that a signed-in reader types in. Out: a page; nothing of a workspace is read, and nothing is kept.
"""
