"""The operations desk: what is to be sampled, where each sample is and who had it, and what the laboratory releases.

In: a sampling plan, what samplers and the laboratory record, batches of results. Out: custody as a chain of events, and
releases that become facts of the workspace. Other rooms ask :func:`headworks.web.operations.custody.events_of`.
"""
