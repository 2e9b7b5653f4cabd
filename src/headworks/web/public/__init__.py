"""Publication and the public's pages: two people let a run out, everybody reads it.

Other rooms use :func:`headworks.web.public.editions.published_runs`. In ``editions`` stand proposing, approving and
withdrawing; in ``figures`` what of an edition may be read; in ``wording`` how a figure becomes words; in ``area_page``,
``map_page`` and ``downloads`` what each page holds; in ``views`` the addresses, and the memory of pages made before.
"""
