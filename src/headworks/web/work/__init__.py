"""Work in the background: imports, runs, preparation of figures, releases; one worker, through the database.

In: :func:`~headworks.web.work.queue.ask`. Out: the job done once, however often the worker was killed, and its progress.
"""
