"""Exports of instruments: sent, asked about, evaluated, decided by a second person, taken over into a batch.

In: the file of an instrument, answers, whose samples its names are. Out: an evaluation with verdicts, entries of the batch.
"""
