"""Who did what, about what, when and what for: an append-only chain that shows when a row was changed, and its reader.

In: :func:`~headworks.web.audit.chain.record`, called by pages and by work in the background. Out: the log for auditors, and
:func:`~headworks.web.audit.chain.verify`.
"""
