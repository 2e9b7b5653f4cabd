"""Release, amendment, withdrawal: reviewed, proposed, approved by another person, done by the worker.

In: entries of a batch. Out: facts of the workspace, and corrections of them with their reasons.
"""

from headworks.web.operations.laboratory.releases.approval import WORK, approve, free_entries, refuse
from headworks.web.operations.laboratory.releases.proposals import (
    propose_amendment,
    propose_batch_amendment,
    propose_release,
    propose_withdrawal,
)
from headworks.web.operations.laboratory.releases.review import review

__all__ = [
    "WORK", "approve", "free_entries", "propose_amendment", "propose_batch_amendment", "propose_release", "propose_withdrawal",
    "refuse", "review",
]  # fmt: skip
