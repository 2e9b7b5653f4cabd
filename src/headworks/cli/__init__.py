"""The command line: parse, call a job, render. No arithmetic.

Data goes to stdout, messages to stderr. Exit codes: 0 ok, 1 findings, 2 usage, 3 data refused, 130 interrupted.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``headworks`` command."""
    from headworks.cli.app import leave, run_app

    leave(run_app())
