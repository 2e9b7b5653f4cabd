"""Screening on the desk: runs, lists and libraries sent to the worker; hits reviewed by a person.

In: files of a laboratory. Out: hits of the reader's samples, accepted or rejected with a reason.
"""
