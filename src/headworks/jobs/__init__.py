"""Each runnable unit: read tables, run a workflow, write, record. Idempotent; the only reader of the clock.

The command line calls these and renders what they return; a notebook may call them too.
"""
