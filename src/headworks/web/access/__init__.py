"""Who may see and do what, where: grants on area subtrees, the register they are checked against, and the one policy.

In: an account. Out: a :class:`~headworks.web.access.reader.Reader`, and of any table or object the part that this reader may
see (:mod:`headworks.web.access.policy`). Nothing leaves the server without passing here.
"""
