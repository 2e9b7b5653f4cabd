"""Custody of samples: what happened to each, in a chain that shows when it was touched.

In: what somebody says happened. Out: a new state with its event, or a refusal that says which guard failed. Pages of other
rooms read :func:`events_of`.
"""

from headworks.web.operations.custody.chain import BrokenEvent, broken_events, events_of, verify_custody
from headworks.web.operations.custody.transitions import Done, Said, advance, perform

__all__ = ["BrokenEvent", "Done", "Said", "advance", "broken_events", "events_of", "perform", "verify_custody"]
