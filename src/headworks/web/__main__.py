"""Django's own commands, for operators who know them: ``python -m headworks.web WORKSPACE migrate``."""

from __future__ import annotations

import sys
from pathlib import Path


def main(words: list[str]) -> None:
    """Run a management command of Django on the server of a workspace."""
    from django.core.management import execute_from_command_line

    from headworks.web.configuration import use_workspace

    if not words:
        sys.exit("Usage: python -m headworks.web WORKSPACE COMMAND …")
    use_workspace(Path(words[0]))
    execute_from_command_line(["python -m headworks.web", *words[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
