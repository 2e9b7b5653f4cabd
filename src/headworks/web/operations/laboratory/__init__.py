"""Batches, results and their release.

In: results that a laboratory enters, read by one and approved by another. Out: facts of the workspace, and corrections of them
with their reasons.
"""
