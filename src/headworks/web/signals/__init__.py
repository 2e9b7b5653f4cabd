"""The signal desk: what detectors and people raise about areas and sites, who decides on it, and how long it takes.

Other rooms use :func:`headworks.web.signals.intake.raise_signal` and nothing else. States are in ``states``, decisions in
``decide``, the share that came true and the time of each step in ``counts``.
"""
