"""The reporting cycle in the server: the calendar of the five reports, drafts, review, approval, publication, files.

Editions, their states and who may take which step are those of :mod:`headworks.jobs.cycle`; this room asks for whom.
"""
